namespace Dmoerm.Conversations.Tokenizers;

/// <summary>What a step of the type <c>Metaspace</c> says, as pre-tokenizer and as decoder.</summary>
internal sealed record MetaspaceSettings
{
    /// <summary>The sign that stands for a blank.</summary>
    public required char Sign { get; init; }

    /// <summary>Which texts get a sign before them: <c>always</c>, <c>first</c> (the one that opens the whole) or <c>never</c>.</summary>
    public required string Prepend { get; init; }

    /// <summary>Words begin at signs.</summary>
    public required bool Split { get; init; }

    /// <summary>Reads the step.</summary>
    /// <exception cref="InvalidDataException">A part is not known, or two contradict each other.</exception>
    public static MetaspaceSettings Read(TokenizerField step)
    {
        step.OnlyFields("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        // Older files have the flag only, and the newest ones may have both.
        var flag = step.Flag("add_prefix_space", true);
        var scheme = step.OneOf("prepend_scheme", flag ? "always" : "never", "always", "first", "never");
        return flag || scheme == "never"
            ? new MetaspaceSettings { Sign = SignOf(step.Need("replacement")), Prepend = scheme, Split = step.Flag("split", true) }
            : throw step.Error($"'add_prefix_space: false' and 'prepend_scheme: {scheme}' contradict each other");
    }

    private static char SignOf(TokenizerField field) =>
        field.Character() is { IsBmp: true } sign ? (char)sign.Value : throw field.Error("a replacement beyond U+FFFF is not supported");
}
