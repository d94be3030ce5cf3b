using System.Text.RegularExpressions;
using Dmoerm.Data.Checks;

namespace Dmoerm.Cli.Drafts;

/// <summary>Whether more of a capability is better: names and preferences hint at it, only the user knows.</summary>
internal static partial class CapabilitySign
{
    // Below, the preferred side has less of it so often that it looks like an error or a cost.
    private const double Doubt = 0.45;

    /// <summary>It looks like an error flag or a cost, so that guessing could turn an expert round.</summary>
    public static bool IsDoubtful(string name, CheckedCapability capability) => Fault().IsMatch(name) || capability.AgreesWithPreference < Doubt;

    /// <summary>What speaks for doubt, for a comment.</summary>
    public static string Reason(string name, CheckedCapability capability)
    {
        var share = capability.AgreesWithPreference is { } more
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the preferred response has more of it in {100 * more:0.0} % of the pairs that differ")
            : "no pair with a preference differs in it";
        return Fault().IsMatch(name) ? $"its name sounds like a fault, and {share}" : share;
    }

    [GeneratedRegex("error|fault|flaw|mistake|wrong|harm|toxi|offens|abus|danger|risk|bias|hallucinat|contradict|inconsist|incorrect|irrelevan|repetit|redundan|refus|verbos|violat|unsafe|cost|penalt", RegexOptions.IgnoreCase)]
    private static partial Regex Fault();
}
