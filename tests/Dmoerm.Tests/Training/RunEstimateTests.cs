using System.Text.Json.Nodes;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Estimates;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

public sealed class RunEstimateTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    private string Out => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_TooLargeForMemory_IsRefusedBeforeItStarts()
    {
        var recipe = Recipe();
        var run = new TrainingRun(recipe, _folder, Out) { Limits = new RunLimits(recipe, Out) { Memory = 50_000_000 } };
        var message = Assert.Throws<InvalidDataException>(run.Run).Message;
        Assert.Matches(@"^The run would take about \d+\.\d GB of memory, and there are 0\.1 GB: choose fewer responses", message);
        Assert.False(Directory.Exists(Out));
    }

    [Theory]
    [InlineData("base")]
    [InlineData("experts")]
    [InlineData("oneForAll")]
    [InlineData("onePerCategory")]
    public void Plan_TooLargeForMemory_MeasuresNoStep(string fit)
    {
        var recipe = Recipe(recipe =>
        {
            var large = new JsonObject { ["lora"] = new JsonObject { ["rank"] = int.MaxValue } };
            (fit.StartsWith("one", StringComparison.Ordinal) ? recipe["baselines"]!.AsObject() : recipe)[fit] = large;
        });
        var estimate = new TrainingRun(recipe, _folder, Out).Plan().Estimate;
        Assert.Null(estimate.Seconds);
        Assert.InRange(estimate.MemoryBytes, 1L << 40, long.MaxValue);
    }

    [Fact]
    public void Plan_ManyCheckpoints_AreCountedAboveAnInteger()
    {
        var recipe = Recipe(recipe => recipe["checkpoints"] = new JsonObject { ["keep"] = int.MaxValue });
        Assert.InRange(new TrainingRun(recipe, _folder, Out).Plan().Estimate.CheckpointBytes, 1L << 40, long.MaxValue);
    }

    [Fact]
    public void Run_TooLargeForTheDisk_IsRefusedWithEachPart()
    {
        var recipe = Recipe();
        var run = new TrainingRun(recipe, _folder, Out) { Limits = new RunLimits(recipe, Out) { Disk = 10_000 } };
        Assert.Matches(@"GB more on disk, and 0\.00 GB are free \(in all: states 0\.00, stages 0\.00, checkpoints 0\.00, model 0\.00\): free some", Assert.Throws<InvalidDataException>(run.Run).Message);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void Run_NoRoomForStates_ComputesThemAnew()
    {
        var recipe = Recipe(recipe => recipe["cache"] = new JsonObject { ["maxBytes"] = 1000 });
        Assert.Equal(0, new TrainingRun(recipe, _folder, Out).Plan().Estimate.CacheBytes);
        new TrainingRun(recipe, _folder, Out).Run();
        Assert.False(Directory.Exists(Path.Combine(Out, "cache")));
    }

    [Fact]
    public void Plan_AgainstARun_CountsItsDisk()
    {
        var recipe = Recipe(recipe => recipe["checkpoints"] = new JsonObject { ["keepStages"] = true });
        var estimate = new TrainingRun(recipe, _folder, Out).Plan().Estimate;
        Assert.False(Directory.Exists(Out));
        new TrainingRun(recipe, _folder, Out).Run();

        // Numbers alone, and of those the large ones: headers, a tokenizer, each step's loss, router and aggregators are not in the estimate.
        Assert.Equal(1, (double)estimate.CacheBytes / Directory.GetFiles(Path.Combine(Out, "cache"), "states.bin", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length), 0.02);
        Assert.Equal(1, (double)estimate.StageBytes / TensorBytes("stages"), 0.2);
        Assert.Equal(1, (double)estimate.ModelBytes / TensorBytes("model"), 0.2);
    }

    [Fact]
    public void Plan_SaysMemoryAndTimeOfEachCategoryAndInAll()
    {
        var estimate = new TrainingRun(Recipe(), _folder, Out).Plan().Estimate;
        Assert.Equal(["story", "fact"], estimate.Categories.Select(category => category.Name));
        Assert.Equal(estimate.MemoryBytes, estimate.Categories.Max(category => category.MemoryBytes));
        Assert.All(estimate.Categories, category => Assert.True(category is { DiskBytes: > 0, Seconds: > 0 }));
        Assert.Equal(estimate.Categories.Sum(category => category.Seconds!.Value), estimate.Seconds!.Value, 1e-9);
    }

    [Fact]
    public void Memory_Weights_AreThoseOfTheTensors()
    {
        using var backbone = TinyBackbone.Create();
        var memory = new MemoryModel(backbone.Config, Recipe(), 0);
        Assert.Equal(backbone.Weights.Named().Sum(weight => weight.Tensor.numel()), memory.BackboneWeights);
        var adapters = StackedAdapters.Create(backbone.Config, new LoraSettings { Rank = 3 }, 1, 1);
        Assert.Equal(adapters.Named().Sum(pair => pair.Tensor.numel()) + backbone.Config.HiddenSize, memory.ScorerWeights(new LoraSettings { Rank = 3 }));
    }

    [Theory]
    [InlineData("batch", 4)]
    [InlineData("layers", 2)]
    public void Memory_LargerStep_TakesMore(string what, int factor)
    {
        using var backbone = TinyBackbone.Create();
        var size = new CategorySize("task", 10_000, 1_000_000, 200_000, 1000, 20_000, 3, 2, 3);
        long Working(TrainingRecipe recipe) => new MemoryModel(backbone.Config, recipe, 1).Working(size);
        var recipe = Recipe();
        var small = Working(With(recipe, 64, top: 1));
        var large = Working(what == "batch" ? With(recipe, 64 * factor, top: 1) : With(recipe, 64, top: factor));
        Assert.True(large > small, $"{large} against {small}");
    }

    private static TrainingRecipe With(TrainingRecipe recipe, int responses, int top) => recipe with
    {
        Experts = recipe.Experts with
        {
            Lora = recipe.Experts.Lora with { Layers = new LayerChoice(top) },
            Training = recipe.Experts.Training with { Batch = new BatchSettings { Responses = responses } },
        },
    };

    private long TensorBytes(string folder) => Directory.GetFiles(Path.Combine(Out, folder), "*.safetensors", SearchOption.AllDirectories).Sum(path =>
    {
        using var file = SafetensorsFile.Open(path);
        return file.Entries.Values.Sum(entry => entry.Bytes);
    });

    private TrainingRecipe Recipe(Action<JsonObject>? change = null) => TrainingRecipe.Read(new PlantedFiles(_folder).Write(prompts: 12, recipe =>
    {
        TrainedRun.Shorten(recipe);
        recipe["categories"]!.AsObject().Remove("advice");
        change?.Invoke(recipe);
    }));
}
