using System.Globalization;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>Reads the tables of this folder, which lie in the assembly.</summary>
internal static class UnicodeTable
{
    /// <summary>The lines of a table.</summary>
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream($"Unicode/{name}")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The first and last character of <c>00A0</c> or <c>00B2-00B3</c>.</summary>
    public static (int First, int Last) Range(ReadOnlySpan<char> text)
    {
        var dash = text.IndexOf('-');
        var first = int.Parse(dash < 0 ? text : text[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (first, dash < 0 ? first : int.Parse(text[(dash + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
