namespace Dmoerm.Backbones.Configs;

/// <summary>How one family's <c>config.json</c> is read: what is always so, and what holds where a field is absent.</summary>
/// <remarks>
/// The arithmetic is one decoder with options (<see cref="BackboneConfig"/>), so a new family costs an entry here and a reference test.
/// Source of switches and defaults: transformers' configuration classes of each family, and the reference folders that they wrote.
/// </remarks>
internal sealed record DecoderFamily
{
    private static readonly DecoderFamily[] All =
    [
        new() { ModelType = "llama", ClassPrefix = "Llama", MaxPositions = 2048, AttentionBias = BiasRule.Field, MlpBias = true },
        new() { ModelType = "mistral", ClassPrefix = "Mistral", MaxPositions = 131_072, KeyValueHeads = 8, Window = WindowRule.AllLayers, WindowTokens = 4096 },
        new() { ModelType = "qwen2", ClassPrefix = "Qwen2", MaxPositions = 32_768, KeyValueHeads = 32, AttentionBias = BiasRule.QueryKeyValue, Window = WindowRule.UpperLayers, WindowTokens = 4096 },
        new()
        {
            ModelType = "qwen3", ClassPrefix = "Qwen3", MaxPositions = 32_768, KeyValueHeads = 32, HeadSize = 128,
            AttentionBias = BiasRule.Field, QueryKeyNorm = true, Window = WindowRule.UpperLayers, WindowTokens = 4096,
        },
        new()
        {
            ModelType = "gemma2", ClassPrefix = "Gemma2", MaxPositions = 8192, KeyValueHeads = 4, HeadSize = 256, PadId = 0, TiedEmbeddings = true,
            AttentionBias = BiasRule.Field, Activation = "gelu_pytorch_tanh", ActivationField = "hidden_activation", IsGemma = true, Window = WindowRule.EvenLayers, WindowTokens = 4096,
        },
        new()
        {
            ModelType = "phi3", ClassPrefix = "Phi3", MaxPositions = 4096, NormEpsilon = 1e-5, PadId = 32_000,
            FusedProjections = true, HasScaledRotary = false, Window = WindowRule.AllLayers,
        },
    ];

    /// <summary>The field <c>model_type</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>How transformers' classes of the family begin, such as Llama in LlamaForCausalLM.</summary>
    public required string ClassPrefix { get; init; }

    public required int MaxPositions { get; init; }

    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Key and value heads; null for as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of a head; null for hidden size by heads.</summary>
    public int? HeadSize { get; init; }

    public int? PadId { get; init; }

    public bool TiedEmbeddings { get; init; }

    public BiasRule AttentionBias { get; init; }

    /// <summary>There is a field <c>mlp_bias</c>.</summary>
    public bool MlpBias { get; init; }

    public string Activation { get; init; } = "silu";

    public string ActivationField { get; init; } = "hidden_act";

    public bool QueryKeyNorm { get; init; }

    /// <summary>Soft caps, four norms a layer with 1 + w, scaled embeddings and queries.</summary>
    public bool IsGemma { get; init; }

    public bool FusedProjections { get; init; }

    /// <summary>Stretched rotary frequencies are computed for it.</summary>
    public bool HasScaledRotary { get; init; } = true;

    public WindowRule Window { get; init; }

    /// <summary>Tokens of the window where the field is absent; null for no window then.</summary>
    public int? WindowTokens { get; init; }

    /// <summary>The family of a <c>model_type</c>, or null.</summary>
    public static DecoderFamily? Find(string modelType) => Array.Find(All, family => family.ModelType == modelType);

    /// <summary>All that are known, for error messages.</summary>
    public static string Names => string.Join(", ", All.Select(family => family.ModelType));
}

/// <summary>Which attention projections have a bias.</summary>
internal enum BiasRule
{
    /// <summary>None, ever.</summary>
    None,

    /// <summary>All four, where the field <c>attention_bias</c> says so.</summary>
    Field,

    /// <summary>Always q, k and v; never the output.</summary>
    QueryKeyValue,
}

/// <summary>Which layers have a sliding window, where a field <c>sliding_window</c> gives one.</summary>
internal enum WindowRule
{
    /// <summary>None; the field has no meaning.</summary>
    None,

    /// <summary>All.</summary>
    AllLayers,

    /// <summary>Those that <c>layer_types</c> names, or else from <c>max_window_layers</c> on; none unless <c>use_sliding_window</c> is true.</summary>
    UpperLayers,

    /// <summary>Those that <c>layer_types</c> names, or else every second one, the lowest first.</summary>
    EvenLayers,
}
