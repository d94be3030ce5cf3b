using System.Globalization;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>The <c>truncation</c> and <c>padding</c> of a <c>tokenizer.json</c>.</summary>
internal sealed record LengthRules
{
    /// <summary>The most ids of a text, added special tokens included; null: no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>What is too long loses its beginning.</summary>
    public bool CutsLeft { get; init; }

    /// <summary>Ids are filled up.</summary>
    public bool Pads { get; init; }

    /// <summary>To so many, whatever the text's length; null: to the text's length.</summary>
    public int? PadTo { get; init; }

    /// <summary>That length rounded up to a multiple of so many.</summary>
    public int PadMultiple { get; init; } = 1;

    /// <summary>With this id.</summary>
    public int PadId { get; init; }

    /// <summary>Before the text.</summary>
    public bool PadsLeft { get; init; }

    /// <summary>The rules in words; null where there are none.</summary>
    public string? Words => (MaxLength, Pads) switch
    {
        (null, false) => null,
        (null, true) => "padding",
        (var limit, var pads) => string.Create(CultureInfo.InvariantCulture, $"truncation to {limit} tokens{(pads ? " and padding" : "")}"),
    };

    /// <summary>Reads both fields of a file.</summary>
    /// <exception cref="InvalidDataException">A part is not known.</exception>
    public static LengthRules Read(TokenizerField root)
    {
        var rules = new LengthRules();
        if (root.Optional("truncation") is { } truncation)
        {
            truncation.OnlyFields("direction", "max_length", "strategy", "stride");
            // The other strategies differ for pairs of texts only; stride is about what is cut off.
            truncation.OneOf("strategy", "LongestFirst", "LongestFirst", "OnlyFirst");
            rules = rules with { MaxLength = truncation.Need("max_length").Count(0), CutsLeft = truncation.OneOf("direction", "Right", "Right", "Left") == "Left" };
        }

        return root.Optional("padding") is { } padding ? Padded(rules, padding) : rules;
    }

    /// <summary>Cuts and fills up ids.</summary>
    /// <param name="text">The text's ids.</param>
    /// <param name="around">What is put around them; the limit counts it.</param>
    /// <exception cref="InvalidDataException">The limit leaves no room for what is put around.</exception>
    public int[] Apply(int[] text, AroundText around)
    {
        var room = (MaxLength ?? int.MaxValue) - around.Count;
        if (room < 0)
        {
            throw new InvalidDataException($"tokenizer.json, field 'truncation': a max_length of {MaxLength} leaves no room for {around.Count} special tokens.");
        }

        var kept = text.Length <= room ? text : CutsLeft ? text[^room..] : text[..room];
        var whole = around.Put(kept);
        if (!Pads)
        {
            return whole;
        }

        // A text beyond a fixed length is not filled up to a multiple either.
        var length = ((PadTo ?? whole.Length) + (long)PadMultiple - 1) / PadMultiple * PadMultiple;
        var filling = Enumerable.Repeat(PadId, checked((int)Math.Max(0, length - whole.Length)));
        return PadsLeft ? [.. filling, .. whole] : [.. whole, .. filling];
    }

    private static LengthRules Padded(LengthRules rules, TokenizerField padding)
    {
        padding.OnlyFields("strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token");
        var strategy = padding.Need("strategy");
        var isFixed = strategy.IsObject;
        if (isFixed)
        {
            strategy.OnlyFields("Fixed");
        }
        else
        {
            padding.OneOf("strategy", "", "BatchLongest");
        }

        return rules with
        {
            Pads = true,
            PadTo = isFixed ? strategy.Need("Fixed").Count(0) : null,
            // No multiple is what 0 means there, too.
            PadMultiple = Math.Max(1, padding.Optional("pad_to_multiple_of")?.Count(0) ?? 1),
            PadId = padding.Need("pad_id").Count(0),
            PadsLeft = padding.OneOf("direction", "Right", "Right", "Left") == "Left",
        };
    }
}
