namespace Dmoerm.Conversations.Tokenizers;

/// <summary>The special tokens that a tokenizer puts around a text of its own accord, such as a beginning-of-text token.</summary>
/// <param name="Before">Ids before the text.</param>
/// <param name="After">Ids behind it.</param>
/// <param name="Problem">What this version lacks of the field; only texts that need it are refused. Null where it lacks nothing.</param>
internal sealed record AroundText(IReadOnlyList<int> Before, IReadOnlyList<int> After, string? Problem = null)
{
    // A TemplateProcessing hands its tokens on as texts of their own, and a step behind it puts its own tokens around each of them.
    private bool Parts { get; init; }

    /// <summary>Puts nothing around a text.</summary>
    public static readonly AroundText Nothing = new([], []);

    /// <summary>Number of ids put around.</summary>
    public int Count => Before.Count + After.Count;

    /// <summary>The ids with what is put around them.</summary>
    /// <exception cref="InvalidDataException">The file asks for a step that this version lacks.</exception>
    public int[] Put(int[] text) => Problem is not null ? throw new InvalidDataException(Problem) : Count == 0 ? text : [.. Before, .. text, .. After];

    /// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>.</summary>
    /// <param name="field">The field; null where the file has none.</param>
    /// <exception cref="InvalidDataException">A part is not known.</exception>
    public static AroundText Read(TokenizerField? field)
    {
        switch (field?.Type())
        {
            case null:
                return Nothing;
            case "ByteLevel":
                // It trims offsets and adds nothing.
                field.OnlyFields("type", "add_prefix_space", "trim_offsets", "use_regex");
                return Nothing;
            case "Sequence":
                field.OnlyFields("type", "processors");
                return field.Need("processors").Items().Aggregate(Nothing, (inner, step) => inner.Inside(Read(step), step));
            case "TemplateProcessing":
                return ReadTemplate(field);
            case "RobertaProcessing":
                field.OnlyFields("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                return new AroundText([IdOf(field.Need("cls"))], [IdOf(field.Need("sep"))]);
            case "BertProcessing":
                field.OnlyFields("type", "sep", "cls");
                return new AroundText([IdOf(field.Need("cls"))], [IdOf(field.Need("sep"))]);
            case var other:
                return Nothing with { Problem = field!.Error($"the type '{other}' is not supported; this version has BertProcessing, ByteLevel, RobertaProcessing, Sequence and TemplateProcessing").Message };
        }
    }

    private AroundText Inside(AroundText outer, TokenizerField field) => new(
        [.. outer.Before, .. Before],
        [.. After, .. outer.After],
        Problem ?? outer.Problem ?? (Parts && outer.Count > 0 ? field.Error("a step that adds tokens behind a TemplateProcessing is not supported").Message : null))
    {
        Parts = Parts || outer.Parts,
    };

    private static AroundText ReadTemplate(TokenizerField field)
    {
        field.OnlyFields("type", "single", "pair", "special_tokens");
        var pieces = field.Need("single").Items().Select(piece => IdsOf(piece, field)).ToArray();
        var text = Array.FindIndex(pieces, piece => piece is null);
        return text < 0 || pieces.Count(piece => piece is null) > 1
            ? throw field.Error("'single' should name the sequence once")
            : new AroundText([.. pieces[..text].SelectMany(piece => piece!)], [.. pieces[(text + 1)..].SelectMany(piece => piece!)]) { Parts = pieces.Length > 1 };
    }

    // Null for the text itself.
    private static int[]? IdsOf(TokenizerField piece, TokenizerField processor)
    {
        piece.OnlyFields("SpecialToken", "Sequence");
        if (piece.Optional("SpecialToken") is { } token)
        {
            return [.. processor.Need("special_tokens").Need(token.Need("id").Text()).Need("ids").Items().Select(id => id.Count(0))];
        }

        piece.Need("Sequence").OneOf("id", "", "A");
        return null;
    }

    // Written as token and id.
    private static int IdOf(TokenizerField field) => field.Items().ToArray() is [_, var id] ? id.Count(0) : throw field.Error("a token and its id were expected");
}
