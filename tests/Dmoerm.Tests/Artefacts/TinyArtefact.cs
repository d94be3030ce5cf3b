using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Routing;
using Dmoerm.Tests.Backbones;

namespace Dmoerm.Tests.Artefacts;

/// <summary>A whole artefact of random weights, small enough for a test: category <c>stories</c> with two experts, <c>answers</c> with its base only.</summary>
internal static class TinyArtefact
{
    private static readonly BackboneConfig Config = TinyBackbone.Config with { VocabularySize = 400, QueryKeyValueBias = false };

    /// <summary>Writes the artefact.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <returns>The model's folder in it.</returns>
    public static string Write(string folder)
    {
        using var scope = NewDisposeScope();
        var source = Path.Combine(folder, "backbone");
        using var backbone = WriteBackbone(source);
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
                Categories = [Category("stories", ["style", "plot"], backbone, 10), Category("answers", [], backbone, 20)],
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
        File.Copy(TestFolders.Fixture("tokenizers", "bpe-bytelevel.json"), Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), ChatTemplate.PlainChatMl);
        return backbone;
    }

    private static ServedCategory Category(string name, string[] capabilities, Backbone backbone, long seed)
    {
        var trained = Scorers(backbone, 1, layers: 2, seed);
        var merged = backbone.Merge(trained.Adapters!.Updates);
        Aggregator aggregator = capabilities.Length > 0 ? new RewardsAggregator(capabilities.Length, width: 4, seed) : new BaseAggregator();
        var scale = RewardScale.Of([-1, 0, 1]);
        return new ServedCategory
        {
            Model = new CategoryModel(name, capabilities, trained, merged, capabilities.Length > 0 ? Scorers(merged, capabilities.Length, layers: 1, seed + 1) : null),
            Aggregator = aggregator,
            Scaling = FeatureScaling.Identity(aggregator.NumFeatures),
            Calibration = new Calibration { Overall = scale, Capabilities = [.. capabilities.Select(_ => scale)], Temperature = 1 },
            Source = new CategorySource { Capabilities = capabilities.ToDictionary(capability => capability, _ => new CapabilitySource()) },
        };
    }

    private static StackedScorers Scorers(Backbone backbone, int count, int layers, long seed)
    {
        using var random = new Generator((ulong)seed);
        var settings = new LoraSettings { Rank = 2, Layers = new LayerChoice(layers) };
        var adapters = StackedAdapters.Build(Config, settings, count, (_, target) =>
        {
            var (inputs, outputs) = target.Widths(Config);
            return (randn([count, 2, inputs], generator: random) * 0.3, randn([count, outputs, 2], generator: random) * 0.3);
        });
        return new StackedScorers(backbone, adapters, randn([count, Config.HiddenSize], generator: random));
    }
}
