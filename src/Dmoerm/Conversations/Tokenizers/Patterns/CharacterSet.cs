using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>A set of characters, written the way .NET's regular expressions need it.</summary>
/// <param name="standIns">For texts in which <see cref="StandIns"/> have replaced surrogate pairs; without them the expression is faster.</param>
internal sealed class CharacterSet(bool standIns)
{
    private const int Categories = 30;
    private readonly HashSet<UnicodeCategory> _categories = [];
    private readonly StringBuilder _ranges = new();

    /// <summary>Adds a range of the lower 65,536 characters.</summary>
    public void Add(char first, char last)
    {
        // A surrogate in a text is a stand-in here, and no character.
        if (first < '\uD800' && last > '\uDFFF')
        {
            Add(first, '\uD7FF');
            Add('\uE000', last);
            return;
        }

        _ranges.Append(Escape(first));
        if (last > first)
        {
            _ranges.Append('-').Append(Escape(last));
        }
    }

    /// <summary>Adds a range and what its letters equal without regard to case.</summary>
    /// <returns>False where that is only known for ASCII.</returns>
    public bool AddAnyCase(char first, char last)
    {
        Add(first, last);
        for (var letter = first; letter <= last && letter <= '\u007F'; letter++)
        {
            AddCases(letter);
        }

        return last <= '\u007F';
    }

    /// <summary>Adds blanks.</summary>
    public void AddBlanks() => _ranges.Append(@"\s");

    /// <summary>Adds everything but blanks.</summary>
    public void AddNoBlanks() => _ranges.Append(@"\S");

    /// <summary>Adds the general categories of a name such as <c>L</c> or <c>Lu</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="negated">All others instead.</param>
    /// <returns>False where no such name is known.</returns>
    public bool AddCategories(string name, bool negated)
    {
        var chosen = Named(name);
        if (chosen.Length == 0)
        {
            return false;
        }

        _categories.UnionWith(negated ? Enumerable.Range(0, Categories).Select(value => (UnicodeCategory)value).Except(chosen) : chosen);
        return true;
    }

    /// <summary>The set as an expression.</summary>
    public string Write(bool negated)
    {
        var text = new StringBuilder(negated ? "[^" : "[").Append(_ranges);
        foreach (var (letter, group) in _categories.GroupBy(category => Name(category)[0]).Select(group => (group.Key, group.ToArray())))
        {
            // The name of a whole group is what .NET is fastest at.
            var whole = letter != 'C' && group.Length == Named(letter.ToString()).Length;
            string[] names = whole ? [letter.ToString()] : [.. group.Where(category => category != UnicodeCategory.Surrogate).Select(Name)];
            text.AppendJoin("", names.Select(name => $@"\p{{{name}}}"));
            text.AppendJoin("", group.Where(_ => standIns).Select(category => Escape(StandIns.Of(category))));
        }

        return text.Append(']').ToString();
    }

    /// <summary>A character that stands for itself.</summary>
    public static string Escape(char character) => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)character:X4}");

    // The letters that fold to k and s: the sign for kelvin and the long s.
    private void AddCases(char letter)
    {
        if (char.IsAsciiLetter(letter))
        {
            _ranges.Append(char.ToUpperInvariant(letter)).Append(char.ToLowerInvariant(letter)).Append(char.ToLowerInvariant(letter) switch { 'k' => @"\u212A", 's' => @"\u017F", _ => "" });
        }
    }

    private static UnicodeCategory[] Named(string name) =>
        name is not ("C" or "Cs") && name.Length is 1 or 2
            ? [.. Enumerable.Range(0, Categories).Select(value => (UnicodeCategory)value).Where(category => Name(category) == name || (name.Length == 1 && Name(category)[0] == name[0]))]
            : [];

    private static string Name(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}
