using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation;

/// <summary>Every comparison that an evaluator judged, and the report that follows from them.</summary>
public sealed record Judgement
{
    /// <summary>Overall comparisons by the model as it is used.</summary>
    public required IReadOnlyList<JudgedComparison> Overall { get; init; }

    /// <summary>Overall comparisons by the rows' own category, where the model knows it.</summary>
    public required IReadOnlyList<JudgedComparison> GivenCategory { get; init; }

    /// <summary>Comparisons of capabilities, by the own category's experts.</summary>
    public required IReadOnlyList<JudgedComparison> Capabilities { get; init; }

    /// <summary>The model's categories, in whose order reports list them; others follow by name.</summary>
    public required IReadOnlyList<CategoryProfile> Profiles { get; init; }

    /// <summary>How well the router did; null when it had nothing to choose or no row says what is right.</summary>
    public required RouterFigure? Router { get; init; }

    /// <summary>How much the experts of each category say the same; categories without experts are absent.</summary>
    public IReadOnlyDictionary<string, ExpertCorrelations> Correlations { get; init; } = new Dictionary<string, ExpertCorrelations>();

    /// <summary>The model's temperatures were fitted; without them there is no calibration to report.</summary>
    public bool HasTemperatures { get; init; } = true;

    /// <summary>What a reader of the figures should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The figures.</summary>
    /// <exception cref="ArgumentException">A reward is not a number.</exception>
    public EvaluationReport Report()
    {
        var mean = Agreement.CategoryMean(Overall);
        return new EvaluationReport(Agreement.Of(Overall), Agreement.Share(GivenCategory))
        {
            CategoryMean = mean.Mean,
            CategoryMeanInterval = mean.Interval,
            CategoryMeanLongerWins = mean.LongerWins,
            Categories = Names().ToDictionary(name => name, Category),
            Router = Router,
            Calibration = Calibration(Overall, temperature: null),
            Notes = Notes,
        };
    }

    private IEnumerable<string> Names()
    {
        var present = Overall.Concat(Capabilities).Select(comparison => comparison.Category).OfType<string>().ToHashSet(StringComparer.Ordinal);
        string[] known = [.. Profiles.Select(profile => profile.Name).Where(present.Contains)];
        return known.Concat(present.Except(known).Order(StringComparer.Ordinal));
    }

    private CategoryEvaluation Category(string name) =>
        new(Agreement.Of(Of(Overall, name)), Agreement.Share(Of(GivenCategory, name)))
        {
            Capabilities = CapabilitiesOf(name),
            Calibration = Calibration(Of(Overall, name), Profiles.FirstOrDefault(profile => profile.Name == name)?.Temperature),
            Correlations = Correlations.GetValueOrDefault(name),
        };

    private CalibrationReport? Calibration(IReadOnlyList<JudgedComparison> judged, double? temperature) =>
        HasTemperatures ? CalibrationReport.Of(judged, temperature) : null;

    private Dictionary<string, EvaluationFigure> CapabilitiesOf(string category)
    {
        var judged = Of(Capabilities, category);
        var order = Profiles.FirstOrDefault(profile => profile.Name == category)?.Capabilities ?? [];
        return order
            .Select(name => (Name: name, Figure: Agreement.Of(judged.FindAll(comparison => comparison.Capability == name))))
            .Where(capability => capability.Figure.Comparisons + capability.Figure.LabelTies > 0)
            // The experts are the own category's in any case.
            .ToDictionary(capability => capability.Name, capability => new EvaluationFigure(capability.Figure, capability.Figure.Agreement));
    }

    private static List<JudgedComparison> Of(IReadOnlyList<JudgedComparison> judged, string category) =>
        [.. judged.Where(comparison => comparison.Category == category)];
}
