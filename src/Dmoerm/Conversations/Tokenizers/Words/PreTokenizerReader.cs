using System.Text;
using Dmoerm.Conversations.Tokenizers.Patterns;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    /// <summary>Reads the field.</summary>
    /// <param name="field">The field; null where the file has none, then a text is one word.</param>
    /// <param name="loses">Whether the normaliser may take characters from the beginning of a text.</param>
    /// <exception cref="InvalidDataException">A part is not known, or its place is.</exception>
    public static PreTokenizer Read(TokenizerField? field, bool loses)
    {
        TokenizerField[] steps = field is null ? [] : [.. Flatten(field)];
        var bytes = Array.FindIndex(steps, step => step.Type() == "ByteLevel");
        return bytes < 0 || bytes == steps.Length - 1
            ? new PreTokenizer([.. steps.Select((step, i) => ReadStep(step, i == 0 && !loses))], bytes >= 0)
            : throw steps[bytes].Error("a ByteLevel that is not the last step is not supported");
    }

    private static IEnumerable<TokenizerField> Flatten(TokenizerField field)
    {
        if (field.Type() != "Sequence")
        {
            return [field];
        }

        field.OnlyFields("type", "pretokenizers");
        return field.Need("pretokenizers").Items().SelectMany(Flatten);
    }

    // "Opens": whether the piece that opens the text for this step is the one for tokenizers, too, which looks at where a piece's first character came from.
    private static WordStep ReadStep(TokenizerField step, bool opens)
    {
        switch (step.Type())
        {
            case "ByteLevel":
                // trim_offsets moves offsets only.
                step.OnlyFields("type", "add_prefix_space", "trim_offsets", "use_regex");
                return WordSteps.ByteLevel(step.Flag("add_prefix_space", true), step.Flag("use_regex", true));
            case "Split":
                step.OnlyFields("type", "pattern", "behavior", "invert");
                return WordSteps.Split(TextPattern.Read(step.Need("pattern")), Behaviour(step.Need("behavior")), step.Flag("invert", false));
            case "Digits":
                step.OnlyFields("type", "individual_digits");
                return WordSteps.Characters(CharacterKinds.IsNumber, step.Flag("individual_digits", false) ? SplitBehaviour.Isolated : SplitBehaviour.Contiguous);
            case "Punctuation":
                step.OnlyFields("type", "behavior");
                return WordSteps.Characters(CharacterKinds.IsPunctuation, step.Optional("behavior") is { } behaviour ? Behaviour(behaviour) : SplitBehaviour.Isolated);
            case "WhitespaceSplit":
                step.OnlyFields("type");
                return WordSteps.Characters(Rune.IsWhiteSpace, SplitBehaviour.Removed);
            case "BertPreTokenizer":
                step.OnlyFields("type");
                return WordSteps.Then(WordSteps.Characters(Rune.IsWhiteSpace, SplitBehaviour.Removed), WordSteps.Characters(CharacterKinds.IsPunctuation, SplitBehaviour.Isolated));
            case "Whitespace":
                step.OnlyFields("type");
                return WordSteps.Whitespace;
            case "CharDelimiterSplit":
                step.OnlyFields("type", "delimiter");
                var delimiter = step.Need("delimiter").Character();
                return WordSteps.Characters(rune => rune == delimiter, SplitBehaviour.Removed);
            case "UnicodeScripts":
                step.OnlyFields("type");
                return WordSteps.UnicodeScripts;
            case "Metaspace":
                return ReadMetaspace(step, opens);
            case var other:
                throw step.Error($"the type '{other}' is not supported; this version has BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, Split, UnicodeScripts, Whitespace and WhitespaceSplit");
        }
    }

    private static WordStep ReadMetaspace(TokenizerField step, bool opens)
    {
        var settings = MetaspaceSettings.Read(step);
        return settings.Prepend == "first" && !opens
            ? throw step.Error("'prepend_scheme: first' behind another step, or after a normalizer that may take characters from the beginning, is not supported")
            : WordSteps.Metaspace(settings);
    }

    private static SplitBehaviour Behaviour(TokenizerField field) =>
        Enum.GetNames<SplitBehaviour>().Contains(field.Text())
            ? Enum.Parse<SplitBehaviour>(field.Text())
            : throw field.Error($"one of {string.Join(", ", Enum.GetNames<SplitBehaviour>())} was expected, came '{field.Text()}'");
}
