using System.Text.RegularExpressions;
using Dmoerm.Data.Checks;
using Dmoerm.Evaluation;

namespace Dmoerm.Cli.Drafts;

/// <summary>Whether more of a capability is better: names and preferences hint at it, only the user knows.</summary>
internal static partial class CapabilitySign
{
    // Below, the preferred side has less of it so often that it looks like an error or a cost.
    private const double Doubt = 0.45;

    /// <summary>It looks like an error flag or a cost, so that guessing could turn an expert round.</summary>
    public static bool IsDoubtful(string name, CheckedCapability capability) => Fault().IsMatch(name) || capability.AgreesWithPreference < Doubt;

    /// <summary>How often the preferred response has more of it, for a comment.</summary>
    public static string Share(CheckedCapability capability) => capability.AgreesWithPreference is { } more ? $"{Percentage.Of(more)} %" : "(unknown)";

    [GeneratedRegex("error|fault|flaw|mistake|wrong|harm|toxi|offens|abus|danger|risk|bias|hallucinat|contradict|inconsist|incorrect|irrelevan|repetit|redundan|refus|verbos|violat|unsafe|cost|penalt", RegexOptions.IgnoreCase)]
    private static partial Regex Fault();
}
