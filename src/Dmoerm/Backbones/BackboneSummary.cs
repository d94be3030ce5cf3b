using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones;

/// <summary>What a Hugging Face folder holds, told from its configuration and the headers of its weights: nothing of the weights is read.</summary>
public sealed record BackboneSummary
{
    /// <summary>The decoder's shape.</summary>
    public required BackboneConfig Config { get; init; }

    /// <summary>Numbers in all tensors that are used; a language head that is the embedding counts once.</summary>
    public required long Parameters { get; init; }

    /// <summary>The types that they are stored in, such as <c>Float32</c>.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>Length of the files that hold them.</summary>
    public required long Bytes { get; init; }

    /// <summary>What stands on the decoder.</summary>
    public required HeadKind Head { get; init; }

    /// <summary>Tensors of the files that nothing uses, by their names without the <c>model.</c> prefix.</summary>
    public required IReadOnlyList<string> Unused { get; init; }

    /// <summary>The token that a reward is read at. A classifier of transformers was trained by transformers' rule; everything else, OpenRLHF's models too, reads the last real token.</summary>
    public string Pooling => Head != HeadKind.Score || Config.IsOpenRlhf ? "the last token"
        : Config.PadId is { } pad ? $"transformers' rule: the rightmost token that is not pad_token_id ({pad})"
        : "transformers' rule: the last token, as no pad_token_id is set";
}

/// <summary>What stands on a decoder.</summary>
public enum HeadKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A language model's head of its own.</summary>
    Language,

    /// <summary>A language model's head that is the embedding.</summary>
    TiedLanguage,

    /// <summary>A classifier's head: a reward model where it has one output.</summary>
    Score,
}
