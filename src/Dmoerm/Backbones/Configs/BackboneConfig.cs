namespace Dmoerm.Backbones.Configs;

/// <summary>The shape of a decoder and every setting that changes its numbers, as <c>config.json</c> states them.</summary>
public sealed record BackboneConfig
{
    /// <summary>The family, as in <c>model_type</c>.</summary>
    public string ModelType { get; init; } = "llama";

    /// <summary>V, the number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>D, the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>F, the inner width of the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>L, the number of decoder layers.</summary>
    public required int NumLayers { get; init; }

    /// <summary>H, the number of query heads.</summary>
    public required int NumHeads { get; init; }

    /// <summary>The number of key and value heads; divides <see cref="NumHeads"/>.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>K, the width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Added to the mean square inside RMSNorm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>How the rotary frequencies are stretched; null for not at all.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>What the MLP's gate goes through.</summary>
    public Activation Activation { get; init; }

    /// <summary>Bias on q, k and v.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Bias on the attention's output projection.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Bias on gate, up and down.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Queries and keys of each head pass a norm before they are rotated (Qwen3).</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Norms scale by 1 + w, where w is what the files hold (Gemma).</summary>
    public bool UnitOffsetNorms { get; init; }

    /// <summary>What attention and MLP give passes a norm of its own before it is added (Gemma 2).</summary>
    public bool PostNorms { get; init; }

    /// <summary>Embeddings are multiplied by the square root of <see cref="HiddenSize"/> (Gemma).</summary>
    public bool ScaledEmbedding { get; init; }

    /// <summary>Attention scores are divided by the root of this (<c>query_pre_attn_scalar</c>); null for <see cref="HeadSize"/>.</summary>
    public double? QueryScalar { get; init; }

    /// <summary>Attention scores stay within plus and minus this, by tanh, before the mask; null for no limit.</summary>
    public double? AttentionCap { get; init; }

    /// <summary>The same for a language model's logits.</summary>
    public double? LogitCap { get; init; }

    /// <summary>Layers that look back over a window only; null where all see everything before them.</summary>
    public SlidingWindow? Window { get; init; }

    /// <summary>The files hold q, k and v as one tensor, and gate and up as another (Phi-3). In memory they are always apart.</summary>
    public bool FusedProjections { get; init; }

    /// <summary>The language-model head is the embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Longest sequence the model was made for.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>The class that the folder was saved from, such as <c>LlamaForCausalLM</c>; null where the file does not say.</summary>
    public string? Architecture { get; init; }

    /// <summary>Number of outputs of a classifier's head; null where the file does not say.</summary>
    public int? NumLabels { get; init; }

    /// <summary>The id that rows are padded with, by the file or by its family's default; null for none. Only foreign classifiers read it.</summary>
    public int? PadId { get; init; }

    /// <summary>What OpenRLHF calls a reward model's head in the files (<c>value_head_prefix</c>); null where the file does not say.</summary>
    public string? HeadPrefix { get; init; }

    /// <summary>OpenRLHF saved the folder, as a reward model of its own class. A classifier of transformers may have its fields too: the class decides.</summary>
    public bool IsOpenRlhf => !IsTransformersClassifier && (HeadPrefix is not null || Architecture == "RewardModel");

    /// <summary>The folder was saved as a classifier, so it should have a head.</summary>
    public bool IsClassifier => IsOpenRlhf || IsTransformersClassifier;

    /// <summary>Number of outputs of a head on this decoder: <see cref="NumLabels"/>, else two for transformers' classifiers (its own default), one for all others.</summary>
    public int HeadOutputs => NumLabels ?? (IsTransformersClassifier ? 2 : 1);

    private bool IsTransformersClassifier => Architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) ?? false;

    /// <summary>Width of all query heads together.</summary>
    public int QueryWidth => NumHeads * HeadSize;

    /// <summary>Width of all key (or value) heads together.</summary>
    public int KeyValueWidth => NumKeyValueHeads * HeadSize;

    /// <summary>What attention scores are divided by.</summary>
    public double AttentionDivisor => Math.Sqrt(QueryScalar ?? HeadSize);

    /// <summary>How many tokens a layer's attention sees, the current one included; null for all.</summary>
    public int? WindowOf(int layer) => Window is { } window && window.Layers[layer] ? window.Tokens : null;

    /// <summary>This decoder with its lowest layers only.</summary>
    /// <param name="layers">How many, at most <see cref="NumLayers"/>.</param>
    public BackboneConfig Lower(int layers) => this with { NumLayers = layers, Window = Window?.Lower(layers) };

    /// <summary>Reads <c>config.json</c>, in the spelling of transformers 4 or 5.</summary>
    /// <param name="folder">The folder that holds it.</param>
    /// <exception cref="InvalidDataException">The file is missing or broken, of another architecture, or asks for arithmetic that this version lacks.</exception>
    public static BackboneConfig Read(string folder) => BackboneConfigFile.Read(Path.Combine(folder, BackboneConfigFile.Name));

    /// <summary>The text of a <c>config.json</c> that transformers 4 and 5 read as this decoder in float32.</summary>
    /// <param name="architecture">The class to name; null for <see cref="Architecture"/>.</param>
    public string ToJson(string? architecture = null) => BackboneConfigJson.Write(this, architecture ?? Architecture);
}
