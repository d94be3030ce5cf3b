using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Data;
using Dmoerm.Data.Formats;
using Dmoerm.Training.Settings;

namespace Dmoerm.Cli.Demo;

/// <summary>Makes what <c>recipes/debug.json</c> trains on: a world so small that a whole run takes seconds.</summary>
internal static class DebugFiles
{
    private const int Seed = 1;

    /// <summary>The folder of the decoder.</summary>
    public const string Backbone = "backbone";

    /// <summary>The file of every category's test prompts, with gold labels.</summary>
    public const string Test = "test.jsonl";

    /// <summary>The world of the debug recipe.</summary>
    public static WorldSettings World { get; } = new() { TrainingPrompts = 40, PreferencePrompts = 40, ValidationPrompts = 0, TestPrompts = 10 };

    /// <summary>The decoder of the debug recipe.</summary>
    public static DemoBackboneSettings Decoder { get; } = new()
    {
        HiddenSize = 32,
        IntermediateSize = 64,
        NumLayers = 2,
        NumHeads = 2,
        Training = new LanguageModelSettings { Steps = 100, BatchTexts = 16, LearningRate = 1e-2, WarmUpSteps = 10 },
    };

    /// <summary>Writes <c>CATEGORY.jsonl</c> for each category, the test file and the decoder.</summary>
    /// <param name="folder">Made if absent; files of the same names are replaced.</param>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var world = PlantedWorld.Grow(World, new Random(Seed));
        foreach (var category in world.Categories)
        {
            WriteRows(Path.Combine(folder, $"{category.Name}.jsonl"), category.Training);
        }

        WriteRows(Path.Combine(folder, Test), world.Categories.SelectMany(category => category.Test));
        DemoBackbone.Train(Path.Combine(folder, Backbone), world, Decoder, Seed);
    }

    private static void WriteRows(string path, IEnumerable<PreferenceExample> examples) =>
        File.WriteAllText(path, string.Concat(examples.Select(example => PreferenceWriter.ToJson(example) + "\n")));
}
