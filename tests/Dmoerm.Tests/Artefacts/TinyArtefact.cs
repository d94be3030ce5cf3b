using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Routing;
using Dmoerm.Tests.Backbones;
using Dmoerm.Tests.Conversations;

namespace Dmoerm.Tests.Artefacts;

/// <summary>A whole artefact of random weights, small enough for a test: category <c>stories</c> with two experts, <c>answers</c> with its base only.</summary>
internal static class TinyArtefact
{
    private static readonly BackboneConfig Config = TinyBackbone.Config with { VocabularySize = 400, QueryKeyValueBias = false };

    /// <summary>Writes the artefact.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="shape">What sits where; null for rank 2 in all layers of the base and in the top one of the experts.</param>
    /// <returns>The model's folder in it.</returns>
    public static string Write(string folder, TinyShape? shape = null)
    {
        using var scope = NewDisposeScope();
        var source = Path.Combine(folder, "backbone");
        using var backbone = WriteBackbone(source);
        if (shape is not null)
        {
            // With special tokens, as an exported tokenizer needs.
            TinyTokenizer.Write(source);
        }

        using var router = new TaskRouter(2, (int)Config.HiddenSize, layer: 1);
        using (no_grad())
        {
            using var random = new Generator(5);
            router.state_dict()["score.weight"].copy_(randn([2, Config.HiddenSize], generator: random));
        }

        var model = Path.Combine(folder, "model");
        new ArtefactWriter(model).Write(
            new ArtefactParts
            {
                Backbone = backbone,
                Tokenizer = Tokenizer.Load(source),
                Template = ChatTemplate.Load(source),
                MaxTokens = 200,
                Router = router,
                Categories = [Category("stories", ["style", "plot"], backbone, 10, shape ?? new TinyShape()), Category("answers", [], backbone, 20, new TinyShape())],
            },
            new ArtefactIdentity("tiny", "none", "test"), source, wholeBackbone: true, recipe: "{}");
        return model;
    }

    private static Backbone WriteBackbone(string folder)
    {
        using var random = new Generator(1);
        var backbone = new Backbone(Config, BackboneWeights.Build(Config, (name, shape) => name.EndsWith("norm.weight", StringComparison.Ordinal)
            ? ones(shape)
            : randn(shape, generator: random) * 0.3));
        BackboneFolder.Save(folder, backbone);
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"model_type\"", "\"bos_token_id\": 1, \"eos_token_id\": [2, 3], \"model_type\"", StringComparison.Ordinal));
        File.Copy(TestFolders.Fixture("tokenizers", "bpe-bytelevel.json"), Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), ChatTemplate.PlainChatMl);
        return backbone;
    }

    private static ServedCategory Category(string name, string[] capabilities, Backbone backbone, long seed, TinyShape shape)
    {
        var trained = shape.WholeBase ? OwnBackbone(backbone, seed) : Scorers(backbone, 1, shape.Base, seed);
        var merged = shape.WholeBase ? trained.Backbone : backbone.Merge(trained.Adapters!.Updates);
        Aggregator aggregator = capabilities.Length > 0 ? new RewardsAggregator(capabilities.Length, width: 4, seed) : new BaseAggregator();
        var scale = RewardScale.Of([-1, 0, 1]);
        return new ServedCategory
        {
            Model = new CategoryModel(name, capabilities, trained, merged, capabilities.Length > 0 ? Scorers(merged, capabilities.Length, shape.Experts, seed + 1) : null),
            Aggregator = aggregator,
            Scaling = FeatureScaling.Identity(aggregator.NumFeatures),
            Calibration = new Calibration { Overall = scale, Capabilities = [.. capabilities.Select(_ => scale)], Temperature = 1 },
            Source = new CategorySource { Capabilities = capabilities.ToDictionary(capability => capability, _ => new CapabilitySource()) },
        };
    }

    private static StackedScorers OwnBackbone(Backbone backbone, long seed)
    {
        using var random = new Generator((ulong)seed);
        var own = new Backbone(Config, backbone.Weights.Map((_, weight) => weight + randn(weight.shape, generator: random) * 0.1));
        return new StackedScorers(own, null, randn([1, Config.HiddenSize], generator: random));
    }

    private static StackedScorers Scorers(Backbone backbone, int count, LoraSettings settings, long seed)
    {
        using var random = new Generator((ulong)seed);
        var adapters = StackedAdapters.Build(Config, settings, count, (_, target) =>
        {
            var (inputs, outputs) = target.Widths(Config);
            return (randn([count, settings.Rank, inputs], generator: random) * 0.3, randn([count, outputs, settings.Rank], generator: random) * 0.3);
        });
        return new StackedScorers(backbone, adapters, randn([count, Config.HiddenSize], generator: random));
    }
}

/// <summary>What sits where in a tiny artefact's first category.</summary>
internal sealed record TinyShape
{
    /// <summary>All weights of the base were tuned.</summary>
    public bool WholeBase { get; init; }

    /// <summary>The base's adapter.</summary>
    public LoraSettings Base { get; init; } = new() { Rank = 2, Layers = new LayerChoice(2) };

    /// <summary>The experts' adapters.</summary>
    public LoraSettings Experts { get; init; } = new() { Rank = 2, Layers = new LayerChoice(1) };
}
