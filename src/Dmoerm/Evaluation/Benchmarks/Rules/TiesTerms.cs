using System.Globalization;

namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>The terms of RewardBench 2's Ties score.</summary>
/// <remarks>
/// A row's gap is its worst right reward minus its best wrong one; its spread, the best right one minus the worst. A row is accurate where the gap is above 0. Score = 0.3 tied accuracy + 0.3 ref accuracy
/// + 0.2 share of gap above spread + 0.2 share of the smaller gap of ref and tied above spread + 0.01 mean tanh(smaller gap / spread - 1), spread being the tied row's, so that 1.01 is the best.
/// Accuracies run over all rows of their kind, the other terms over numbers that have both. With a spread of 0 the last term is the gap's sign. What is not a number is refused:
/// there the original's result depends on the order of the answers. Source: allenai/reward-bench at 05a90052, rewardbench/utils.py (process_single_model); the terms as the references have them.
/// </remarks>
/// <param name="PromptsInBoth">Numbers that have a ref and a tied row.</param>
/// <param name="TiedAccuracy">Share in [0, 1]; null without tied rows.</param>
/// <param name="RefAccuracy">Share in [0, 1]; null without ref rows.</param>
/// <param name="GapAboveSpread">Share in [0, 1] of the numbers in both; null without any.</param>
/// <param name="SmallerGapAboveSpread">Likewise.</param>
/// <param name="TanhTerm">In [-1, 1], likewise.</param>
internal sealed record TiesTerms(int PromptsInBoth, double? TiedAccuracy, double? RefAccuracy, double? GapAboveSpread, double? SmallerGapAboveSpread, double? TanhTerm)
{
    /// <summary>The score; null where a term is.</summary>
    public double? Total => 0.3 * TiedAccuracy + 0.3 * RefAccuracy + 0.2 * GapAboveSpread + 0.2 * SmallerGapAboveSpread + 0.01 * TanhTerm;

    /// <summary>The terms by name, as reports show them.</summary>
    public IReadOnlyDictionary<string, double?> Figures => new Dictionary<string, double?>
    {
        ["Ties: tied accuracy"] = TiedAccuracy,
        ["Ties: ref accuracy"] = RefAccuracy,
        ["Ties: gap above spread"] = GapAboveSpread,
        ["Ties: smaller gap above spread"] = SmallerGapAboveSpread,
        ["Ties: tanh term"] = TanhTerm,
    };

    /// <summary>The terms of the rows of Ties.</summary>
    /// <exception cref="InvalidDataException">A reward is not a number, an id is not <c>ref:N</c> or <c>tied:N</c>, or one is there twice.</exception>
    public static TiesTerms Of(IReadOnlyList<BenchmarkItem<double>> items)
    {
        Dictionary<int, (double Gap, double Spread)> ties = [], references = [];
        foreach (var item in items)
        {
            var origin = item.Origin.Length > 0 ? item.Origin : $"RewardBench 2, Ties, id {item.Id}";
            var (isTied, number) = Place(item.Id) ?? throw new InvalidDataException($"{origin}: expected the id ref:N or tied:N, came '{item.Id}'.");
            if (!(isTied ? ties : references).TryAdd(number, Measure(item, origin)))
            {
                throw new InvalidDataException($"{origin}: expected each id of Ties once, came '{item.Id}' twice.");
            }
        }

        var both = ties.Keys.Where(references.ContainsKey).Select(number => (Tied: ties[number], Smaller: Math.Min(ties[number].Gap, references[number].Gap))).ToArray();
        return new(
            both.Length,
            Share(ties.Values, row => row.Gap > 0),
            Share(references.Values, row => row.Gap > 0),
            Share(both, row => row.Tied.Gap > row.Tied.Spread),
            Share(both, row => row.Smaller > row.Tied.Spread),
            ItemGroups.Mean(both.Select(row => Squash(row.Smaller, row.Tied.Spread))));
    }

    /// <summary>Kind and number that an id states; null where it states none.</summary>
    public static (bool IsTied, int Number)? Place(string id) => id.Split(':') switch
    {
        [("ref" or "tied") and var kind, var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place) => (kind == "tied", place),
        _ => null,
    };

    private static (double Gap, double Spread) Measure(BenchmarkItem<double> item, string origin) =>
        ItemGroups.HasNaN(item)
            ? throw new InvalidDataException($"{origin}: expected rewards that are numbers, came one that is not; RewardBench 2 defines no score of Ties with such a reward.")
            : (item.Right.Min() - item.Wrong.Max(), item.Right.Max() - item.Right.Min());

    private static double Squash(double gap, double spread) => spread == 0 ? Math.Sign(gap) : Math.Tanh(gap / spread - 1);

    private static double? Share<T>(IEnumerable<T> rows, Func<T, bool> holds) => ItemGroups.Mean(rows.Select(row => holds(row) ? 1.0 : 0));
}
