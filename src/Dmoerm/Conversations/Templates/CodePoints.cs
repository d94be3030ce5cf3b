using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates;

/// <summary>Places in a text, counted in code points.</summary>
internal static class CodePoints
{
    /// <summary>Spans that are counted in UTF-16 units, in code points.</summary>
    public static IReadOnlyList<(int Start, int End)> Of(string text, IReadOnlyList<(int Start, int End)> spans) =>
        PythonText.IsPlain(text) ? spans : [.. spans.Select(span => (PythonText.Length(text[..span.Start]), PythonText.Length(text[..span.End])))];
}
