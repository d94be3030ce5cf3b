namespace Dmoerm.Data;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c> or a role that the chat template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>A turn of the user.</summary>
    public static Message User(string content) => new("user", content);

    /// <summary>A turn of the assistant.</summary>
    public static Message Assistant(string content) => new("assistant", content);
}
