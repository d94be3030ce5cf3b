using Dmoerm.Aggregation;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Data;
using Dmoerm.Data.Formats;
using Dmoerm.Experts;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;

namespace Dmoerm.Cli.Demo;

/// <summary>Writes a planted world as a user would bring data: rows in files, a backbone folder, a recipe.</summary>
/// <param name="folder">Made if absent.</param>
/// <param name="name">The recipe's name.</param>
internal sealed class DemoWorldFolder(string folder, string name)
{
    private const string BackboneName = "backbone";
    private const string TestName = "test.jsonl";
    private static readonly Target[] AllButKeys = [Target.Query, Target.Value, Target.Output, Target.Gate, Target.Up, Target.Down];

    /// <summary>The shape of the demo's decoder.</summary>
    public static BackboneConfig Decoder { get; } = new DemoBackboneSettings().ToConfig(new TinyVocabulary(Wording.Words()).Count);

    /// <summary>The recipe's file.</summary>
    public string RecipePath => Path.Combine(folder, "recipe.json");

    /// <summary>Writes rows, backbone and recipe.</summary>
    public TrainingRecipe Write(PlantedWorld world, WorldSettings settings, int seed, Action<LanguageModelStep>? progress)
    {
        Directory.CreateDirectory(folder);
        foreach (var category in world.Categories)
        {
            WriteRows($"{category.Name}.jsonl", category.Training.Concat(category.Validation));
        }

        WriteRows(TestName, world.Categories.SelectMany(category => category.Test));
        DemoBackbone.Train(Path.Combine(folder, BackboneName), world, new DemoBackboneSettings(), seed, progress);
        var recipe = Recipe(world, settings, seed);
        File.WriteAllText(RecipePath, recipe.ToJson());
        return recipe;
    }

    private void WriteRows(string file, IEnumerable<PreferenceExample> examples) =>
        File.WriteAllText(Path.Combine(folder, file), string.Concat(examples.Select(example => PreferenceWriter.ToJson(example) + "\n")));

    // Ranks give every method about the same number of trained weights; each tries the same two learning rates apart by a factor of three.
    private TrainingRecipe Recipe(PlantedWorld world, WorldSettings settings, int seed) => new()
    {
        Name = name,
        Seed = seed,
        Backbone = new BackboneSource { Folder = BackboneName, MaxTokens = 256, Licence = "MIT, made by the demo" },
        DataLicence = "MIT, made by the demo",
        Categories = world.Categories.ToDictionary(category => category.Name, category => new CategorySource
        {
            Data = [$"{category.Name}.jsonl"],
            Test = [TestName],
            Capabilities = category.Capabilities.ToDictionary(capability => capability, _ => new CapabilitySource()),
        }),
        ValidationShare = (double)settings.ValidationPrompts / (settings.TrainingPrompts + settings.ValidationPrompts),
        Base = Tuned(2, [1e-2, 3e-3], epochs: 20),
        Experts = new ExpertSettings { Lora = new LoraSettings { Rank = 4 }, Training = Fit([1e-2], epochs: 8) },
        Aggregator = new AggregatorSettings { Kind = AggregatorKind.Rewards },
        Baselines = new BaselineSettings { LinearHead = false, OneForAll = Tuned(20, [3e-3, 1e-3], epochs: 20), OnePerCategory = Tuned(6, [1e-2, 3e-3], epochs: 20) },
    };

    private static BaseSettings Tuned(int rank, double[] rates, int epochs) => new()
    {
        Lora = new LoraSettings { Rank = rank, Targets = AllButKeys },
        Head = HeadStart.Random,
        Training = Fit(rates, epochs),
    };

    private static PhaseSettings Fit(double[] rates, int epochs) => new()
    {
        LearningRates = rates,
        WeightDecay = 0.01,
        WarmupSteps = 10,
        ClipNorm = 1,
        Epochs = epochs,
        Patience = 5,
        Batch = new BatchSettings { Responses = 64 },
    };
}
