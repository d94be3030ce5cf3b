using Dmoerm.Conversations.Templates.Functions;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>Names that a template can change from inside a loop: <c>namespace(x=1)</c>.</summary>
internal sealed class NamespaceValue
{
    /// <summary>Names and values in the order in which they came.</summary>
    public Dictionary<string, object?> Members { get; } = new(StringComparer.Ordinal);
}

/// <summary>Text that counts as HTML already: adding a plain text to it escapes that.</summary>
/// <param name="Text">The text.</param>
internal sealed record MarkupValue(string Text)
{
    /// <summary>A text with the five signs of HTML escaped, as MarkupSafe does.</summary>
    public static string Escape(string text) =>
        text.AsSpan().IndexOfAny("&<>\"'") < 0
            ? text
            : text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
                .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
}
