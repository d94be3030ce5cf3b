using Dmoerm.Conversations;
using Dmoerm.Data;

namespace Dmoerm.Training.Steps;

/// <summary>One prompt with its responses as token ids, and the comparisons between them.</summary>
/// <param name="Category">The task category.</param>
/// <param name="Responses">The conversations, prompt included, in the comparisons' order.</param>
/// <param name="Comparisons">Who is better than whom, overall and by capability.</param>
/// <param name="Source">The row it came from; null for token ids that came from elsewhere.</param>
public sealed record TrainingExample(
    string Category, IReadOnlyList<EncodedConversation> Responses, IReadOnlyList<Comparison> Comparisons, PreferenceExample? Source = null);
