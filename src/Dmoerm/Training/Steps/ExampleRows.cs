using Dmoerm.Conversations;

namespace Dmoerm.Training.Steps;

/// <summary>The conversations of examples.</summary>
public static class ExampleRows
{
    /// <summary>Each distinct conversation once, in order of first appearance.</summary>
    public static IReadOnlyList<EncodedConversation> Of(IEnumerable<TrainingExample> examples) =>
        [.. examples.SelectMany(example => example.Responses).Distinct()];
}
