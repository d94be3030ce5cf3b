namespace Dmoerm.Conversations.Tokenizers;

/// <summary>The special tokens that a tokenizer puts around a text of its own accord, such as a beginning-of-text token.</summary>
/// <param name="Before">Ids before the text.</param>
/// <param name="After">Ids behind it.</param>
/// <param name="Unknown">The file asks for a step of this name, which this version lacks; null where it does not.</param>
internal sealed record AroundText(IReadOnlyList<int> Before, IReadOnlyList<int> After, string? Unknown = null)
{
    private static readonly AroundText Nothing = new([], []);

    /// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>.</summary>
    /// <param name="field">The field; null where the file has none.</param>
    public static AroundText Read(TokenizerField? field)
    {
        switch (field?.Type())
        {
            // It trims offsets and adds nothing.
            case null or "ByteLevel":
                return Nothing;
            case "Sequence":
                var steps = field.Need("processors").Items().Select(Read).ToArray();
                return steps.FirstOrDefault(step => step.Unknown is not null)
                    ?? new AroundText([.. steps.Reverse().SelectMany(step => step.Before)], [.. steps.SelectMany(step => step.After)]);
            case "TemplateProcessing":
                var pieces = field.Need("single").Items().Select(piece => IdsOf(piece, field)).ToArray();
                var text = Array.FindIndex(pieces, piece => piece is null);
                return text < 0 || pieces.Count(piece => piece is null) > 1
                    ? throw field.Error("'single' should name the sequence once")
                    : new AroundText([.. pieces[..text].SelectMany(piece => piece!)], [.. pieces[(text + 1)..].SelectMany(piece => piece!)]);
            case var other:
                return Nothing with { Unknown = other };
        }
    }

    // Null for the text itself.
    private static int[]? IdsOf(TokenizerField piece, TokenizerField processor) =>
        piece.Has("SpecialToken")
            ? [.. processor.Need("special_tokens").Need(piece.Need("SpecialToken").Need("id").Text()).Need("ids").Items().Select(id => id.Int())]
            : null;
}
