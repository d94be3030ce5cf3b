namespace Dmoerm.Data;

/// <summary>One prompt, its responses, and the comparisons between them: the row that every reader produces.</summary>
public sealed record PreferenceExample
{
    /// <summary>The row's own id, or <c>file:line</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Task category of the outer layer; null when the row has none.</summary>
    public string? Category { get; init; }

    /// <summary>The turns before the response. Empty for rows without a prompt.</summary>
    public required IReadOnlyList<Message> Prompt { get; init; }

    /// <summary>The tools that the conversation may use, a JSON list for the chat template; null for none.</summary>
    public string? Tools { get; init; }

    /// <summary>The answers.</summary>
    public required IReadOnlyList<Response> Responses { get; init; }

    /// <summary>Who is better than whom.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>Other text fields of the row by name, for <c>groupBy</c> and <c>resampleBy</c> (such as <c>topic</c>).</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the row stands, for error messages: <c>file, line n</c>.</summary>
    public string Origin { get; init; } = "";
}
