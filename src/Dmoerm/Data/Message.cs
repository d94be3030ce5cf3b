namespace Dmoerm.Data;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c> or a role that the chat template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>
    /// What chat templates read besides, as the JSON object that the row states, such as <c>{"tool_calls": [...]}</c>; null for nothing. Its <c>content</c> is null where the row says nothing at all,
    /// which templates tell from an empty text.
    /// </summary>
    public string? Fields { get; init; }

    /// <summary>A turn of the user.</summary>
    public static Message User(string content) => new("user", content);

    /// <summary>A turn of the assistant.</summary>
    public static Message Assistant(string content) => new("assistant", content);

    /// <summary>Tells turns apart that say the same and differ in what else templates read; empty where there is nothing else.</summary>
    internal string Mark => Fields is null ? "" : $"\u0003{Fields}";
}
