using System.Text;
using System.Text.RegularExpressions;

namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>Finds a text, or what a regular expression describes, in texts.</summary>
internal sealed class TextPattern
{
    // A hostile expression may need longer than anyone waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _origin;
    private readonly string? _text;
    private readonly Regex? _plain;
    private readonly Lazy<Regex>? _paired;

    private TextPattern(string text, string origin) => (_text, _origin) = (text, origin);

    private TextPattern(Regex plain, Lazy<Regex> paired, string origin) => (_plain, _paired, _origin) = (plain, paired, origin);

    /// <summary>A pattern of an expression as tokenizers write it.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="origin">Where it stands, for error messages.</param>
    /// <exception cref="NotSupportedException">It has a part that this version lacks.</exception>
    public static TextPattern Expression(string expression, string origin)
    {
        Regex Compile(bool standIns) => new(PatternReader.Translate(expression, standIns), RegexOptions.CultureInvariant | RegexOptions.Compiled, Patience);
        return new TextPattern(Compile(false), new Lazy<Regex>(() => Compile(true)), origin);
    }

    /// <summary>Reads <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
    /// <exception cref="InvalidDataException">It is neither, or an expression with a part that this version lacks.</exception>
    public static TextPattern Read(TokenizerField field)
    {
        field.OnlyFields("String", "Regex");
        if (field.Optional("String") is { } text)
        {
            return text.Text().Length > 0 ? new TextPattern(text.Text(), field.Origin) : throw text.Error("an empty text is found everywhere; one with a character was expected");
        }

        var expression = field.Need("Regex");
        try
        {
            return Expression(expression.Text(), expression.Origin);
        }
        catch (NotSupportedException error)
        {
            throw expression.Error($"the regular expression is not supported: {error.Message}");
        }
        catch (RegexParseException error)
        {
            throw expression.Error($"the regular expression cannot be read: {error.Message}");
        }
    }

    /// <summary>Appends where it is found, from left to right, without overlaps; a find may be empty.</summary>
    /// <param name="text">A text without lone surrogates.</param>
    /// <param name="finds">Gets start and end of each.</param>
    /// <exception cref="InvalidDataException">The expression needs too long.</exception>
    public void Find(ReadOnlySpan<char> text, List<(int Start, int End)> finds)
    {
        if (_plain is null)
        {
            FindText(text, finds);
            return;
        }

        var standIns = StandIns.In(text);
        try
        {
            var end = -1;
            foreach (var match in standIns is null ? _plain.EnumerateMatches(text) : _paired!.Value.EnumerateMatches(standIns.Text))
            {
                // Oniguruma gives no empty find right behind another one.
                if (match.Length > 0 || match.Index != end)
                {
                    end = match.Index + match.Length;
                    finds.Add(standIns is null ? (match.Index, end) : (standIns.Offsets[match.Index], standIns.Offsets[end]));
                }
            }
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidDataException($"{_origin}: the regular expression needs more than {Patience.TotalSeconds} seconds for a text of {text.Length} characters.", error);
        }
    }

    /// <summary>Puts another text wherever it is found.</summary>
    /// <exception cref="InvalidDataException">The expression needs too long, or finds nothing but a place.</exception>
    public string Replace(string text, string replacement)
    {
        if (_text is not null)
        {
            return text.Replace(_text, replacement, StringComparison.Ordinal);
        }

        var finds = new List<(int Start, int End)>();
        Find(text, finds);
        if (finds.Exists(find => find.Start == find.End))
        {
            throw new InvalidDataException($"{_origin}: the regular expression finds an empty place in a text; one that finds characters was expected.");
        }

        var (builder, at) = (new StringBuilder(text.Length), 0);
        foreach (var (start, end) in finds)
        {
            builder.Append(text, at, start - at).Append(replacement);
            at = end;
        }

        return builder.Append(text, at, text.Length - at).ToString();
    }

    private void FindText(ReadOnlySpan<char> text, List<(int Start, int End)> finds)
    {
        for (var at = 0; text[at..].IndexOf(_text, StringComparison.Ordinal) is var found and >= 0;)
        {
            finds.Add((at + found, at + found + _text!.Length));
            at += found + _text.Length;
        }
    }
}
