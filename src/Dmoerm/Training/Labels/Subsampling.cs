using Dmoerm.Data;
using Dmoerm.Data.Splits;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Labels;

/// <summary>Leaves out, or turns round, overall preferences of a training part, as <see cref="SubsampleSettings"/> says.</summary>
/// <remarks>A comparison is drawn by a hash of seed, prompt and the texts' places, so the order of rows has no say.</remarks>
internal static class Subsampling
{
    /// <summary>Applies the settings.</summary>
    /// <param name="settings">What to leave out.</param>
    /// <param name="training">The training part of a category.</param>
    /// <param name="seed">The category's own seed for this.</param>
    public static (IReadOnlyList<PreferenceExample> Examples, SubsampleReport Report) Apply(SubsampleSettings settings, IReadOnlyList<PreferenceExample> training, long seed)
    {
        var draws = training.Select(example => Seed.Of(seed, example.Responses.Count > 0 ? UnitKeys.Of(example, UnitKeys.Prompt)[0] : example.Id)).ToArray();
        var judged = Enumerable.Range(0, training.Count).Where(index => Overall(training[index]).Any()).ToArray();
        var keeping = judged.OrderBy(index => draws[index]).ThenBy(index => index).Take(Prompts(settings.Share, judged.Length)).ToHashSet();
        var (kept, turned) = (0, 0);
        PreferenceExample[] examples =
        [
            .. training.Select((example, index) =>
            {
                Comparison[] overall = keeping.Contains(index) ? [.. Draw(settings, example, draws[index])] : [];
                var flips = overall.Select((_, place) => Seed.Of(draws[index], "flip", place) % 1_000_000 < (settings.Flip ?? 0) * 1_000_000).ToArray();
                kept += overall.Length;
                turned += flips.Count(flip => flip);
                return example with { Comparisons = [.. overall.Zip(flips, Turn), .. example.Comparisons.Where(comparison => comparison.Capability is not null)] };
            }),
        ];
        return (examples, new SubsampleReport(kept, training.Sum(example => Overall(example).Count()) - kept, turned));
    }

    private static IEnumerable<Comparison> Overall(PreferenceExample example) => example.Comparisons.Where(comparison => comparison.Capability is null);

    // Sides and not p: so a margin goes with the side that it speaks for.
    private static Comparison Turn(Comparison comparison, bool flip) => flip ? comparison with { I = comparison.J, J = comparison.I } : comparison;

    private static int Prompts(double? share, int count) => share is { } part ? Math.Max(1, (int)Math.Round(part * count)) : count;

    // In file order, whichever were drawn.
    private static IEnumerable<Comparison> Draw(SubsampleSettings settings, PreferenceExample example, long draw)
    {
        Comparison[] overall = [.. Overall(example)];
        var drawn = Enumerable.Range(0, overall.Length).OrderBy(place => overall[place].P == 0.5).ThenBy(place => Seed.Of(draw, "comparison", place))
            .Take(settings.ComparisonsPerPrompt ?? overall.Length);
        return drawn.Order().Select(place => overall[place]);
    }
}

/// <summary>What subsampling did to a category's training part.</summary>
/// <param name="Kept">Overall comparisons that are learnt from.</param>
/// <param name="LeftOut">Overall comparisons that are not.</param>
/// <param name="Flipped">Kept ones whose sides were exchanged.</param>
public sealed record SubsampleReport(int Kept, int LeftOut, int Flipped);
