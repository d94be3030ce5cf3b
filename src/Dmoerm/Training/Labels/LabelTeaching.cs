using Dmoerm.Data;

namespace Dmoerm.Training.Labels;

/// <summary>The label teacher at work in one category: each part that a base learns from is taught by a teacher that saw this part alone.</summary>
/// <remarks>So nothing of a fold that is held out, of validation or of test reaches the soft labels, not even through the teacher's few weights.</remarks>
/// <param name="source">The category's entry in the recipe.</param>
/// <param name="category">The category.</param>
/// <param name="seed">The recipe's seed.</param>
internal sealed class LabelTeaching(CategorySource source, string category, long seed)
{
    private readonly Dictionary<IReadOnlyList<PreferenceExample>, TaughtPart> _taught = new(ReferenceEqualityComparer.Instance);

    /// <summary>The part with its soft labels; made once.</summary>
    public TaughtPart Of(IReadOnlyList<PreferenceExample> part)
    {
        if (!_taught.TryGetValue(part, out var taught))
        {
            _taught[part] = taught = Teach(part);
        }

        return taught;
    }

    private TaughtPart Teach(IReadOnlyList<PreferenceExample> part)
    {
        string[] capabilities = [.. source.Capabilities.Keys];
        if (LabelTeacher.Fit(capabilities, part, TuningCuts.Of(part, source.GroupBy, seed, category)) is not { } teacher)
        {
            return new TaughtPart(part, null);
        }

        PreferenceExample[] examples = [.. part.Select(teacher.Teach)];
        return new TaughtPart(examples, new LabelTeacherReport(
            capabilities.Zip(teacher.Weights).ToDictionary(pair => pair.First, pair => pair.Second),
            teacher.Penalty, teacher.Preferences, examples.Zip(part, (with, without) => with.Comparisons.Count - without.Comparisons.Count).Sum()));
    }
}

/// <summary>A part with soft labels.</summary>
/// <param name="Examples">The part's examples; as they were where no teacher came about.</param>
/// <param name="Report">What the teacher found; null where it found nothing.</param>
internal sealed record TaughtPart(IReadOnlyList<PreferenceExample> Examples, LabelTeacherReport? Report);

/// <summary>What a category's label teacher found.</summary>
/// <param name="Weights">Per capability, at least 0: by how much one usual difference (root mean square) in its labels moves the logit of the preference.</param>
/// <param name="Penalty">The L2 penalty of lowest held-out loss.</param>
/// <param name="Preferences">Preferences learnt from.</param>
/// <param name="SoftLabels">Pairs that got a soft label for phase 1, beside the preferences.</param>
public sealed record LabelTeacherReport(IReadOnlyDictionary<string, double> Weights, double Penalty, int Preferences, int SoftLabels);
