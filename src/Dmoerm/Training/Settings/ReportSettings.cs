namespace Dmoerm.Training.Settings;

/// <summary>What the run's <c>report.html</c> shows. The copy beside the model never holds texts.</summary>
public sealed record ReportSettings
{
    /// <summary>Show, for each category, the prompts and responses of the comparisons that the model got wrong with the most confidence.</summary>
    public bool Texts { get; init; }
}
