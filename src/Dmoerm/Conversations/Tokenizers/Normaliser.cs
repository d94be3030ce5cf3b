using System.Text;
using Dmoerm.Conversations.Tokenizers.Patterns;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Makes one text of those that are to be read alike: the <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
/// <param name="Apply">From a text without lone surrogates to another one.</param>
/// <param name="Loses">It may take characters from the beginning of a text.</param>
internal sealed record Normaliser(Func<string, string> Apply, bool Loses)
{
    /// <summary>Reads the field.</summary>
    /// <param name="field">The field; null where the file has none, then a text stays as it is.</param>
    /// <exception cref="InvalidDataException">A part is not known.</exception>
    public static Normaliser Read(TokenizerField? field)
    {
        switch (field?.Type())
        {
            case null:
                return new Normaliser(text => text, false);
            case "Sequence":
                field.OnlyFields("type", "normalizers");
                return field.Need("normalizers").Items().Select(Read).Aggregate(Read(null), (first, then) => new Normaliser(text => then.Apply(first.Apply(text)), first.Loses || then.Loses));
            case "Replace":
                field.OnlyFields("type", "pattern", "content");
                var (pattern, content) = (TextPattern.Read(field.Need("pattern")), field.Need("content").Text());
                return new Normaliser(text => pattern.Replace(text, content), content.Length == 0);
            case "Prepend":
                field.OnlyFields("type", "prepend");
                var prefix = field.Need("prepend").Text() is { Length: > 0 } text ? text : throw field.Error("an empty 'prepend' is not supported");
                return new Normaliser(whole => whole.Length > 0 ? prefix + whole : whole, false);
            case "Strip":
                field.OnlyFields("type", "strip_left", "strip_right");
                return Strip(field.Need("strip_left").Flag(), field.Need("strip_right").Flag());
            case var type:
                var plain = ReadPlain(type, field);
                field.OnlyFields("type");
                return plain;
        }
    }

    private static Normaliser ReadPlain(string type, TokenizerField field) => type switch
    {
        "Lowercase" => new Normaliser(CharacterKinds.ToLower, false),
        "StripAccents" => new Normaliser(StripAccents, true),
        _ when UnicodeForm.Named(type) is { } form => new Normaliser(form.Apply, false),
        _ => throw field.Error($"the type '{type}' is not supported; this version has Lowercase, NFC, NFD, NFKC, NFKD, Prepend, Replace, Sequence, Strip and StripAccents"),
    };

    private static Normaliser Strip(bool left, bool right) => (left, right) switch
    {
        (true, true) => new Normaliser(text => text.Trim(), true),
        (true, false) => new Normaliser(text => text.TrimStart(), true),
        (false, true) => new Normaliser(text => text.TrimEnd(), false),
        _ => Read(null),
    };

    private static string StripAccents(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(rune => !CharacterKinds.IsMark(rune)))
        {
            kept.Append(rune);
        }

        return kept.ToString();
    }
}
