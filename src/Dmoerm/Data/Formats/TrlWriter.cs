namespace Dmoerm.Data.Formats;

/// <summary>Comparisons as rows of TRL's conversational preference format.</summary>
/// <remarks>
/// One row a comparison: <c>prompt</c>, <c>chosen</c>, <c>rejected</c> as lists of messages, <c>margin</c> where it is known. Without a prompt the row has none (TRL's implicit prompt).
/// A probability between one half and 1 becomes a plain preference for the likelier side. Source: TRL docs/source/dataset_formats.md.
/// </remarks>
public static class TrlWriter
{
    /// <summary>One line of JSON, without line end.</summary>
    /// <param name="example">The example.</param>
    /// <param name="comparison">One of its overall comparisons with a preference.</param>
    /// <exception cref="ArgumentException">The comparison is a tie or of a capability: TRL's rows cannot say that.</exception>
    public static string ToJson(PreferenceExample example, Comparison comparison)
    {
        if (comparison.Capability is not null || comparison.P == 0.5)
        {
            throw new ArgumentException($"{example.Id}: expected an overall preference, came {(comparison.Capability is { } name ? $"a comparison of '{name}'" : "a tie")}.", nameof(comparison));
        }

        var firstWins = comparison.P > 0.5;
        return PreferenceWriter.Line(json =>
        {
            PreferenceWriter.WriteTools(json, example.Tools);
            if (example.Prompt.Count > 0)
            {
                PreferenceWriter.WriteMessages(json, "prompt", example.Prompt);
            }

            PreferenceWriter.WriteMessages(json, "chosen", example.Responses[firstWins ? comparison.I : comparison.J].Messages);
            PreferenceWriter.WriteMessages(json, "rejected", example.Responses[firstWins ? comparison.J : comparison.I].Messages);
            if (comparison.Margin is { } margin)
            {
                json.WriteNumber("margin", firstWins ? margin : -margin);
            }
        });
    }
}
