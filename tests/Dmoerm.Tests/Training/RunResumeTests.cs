using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Starts;

namespace Dmoerm.Tests.Training;

/// <summary>A run that dies again and again, at every kind of change of the disk, ends with the model of a run that nothing disturbed.</summary>
public sealed partial class RunResumeTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    private string _told = "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_KilledAtEveryKindOfChange_WritesTheSameModel()
    {
        var recipe = Recipe();
        var (calm, stormy) = (Path.Combine(_folder, "calm"), Path.Combine(_folder, "stormy"));
        var changes = new List<(DurableFile.Moment Moment, string Kind)>();
        DurableFile.Watch = (moment, path) => changes.Add((moment, KindOf(calm, path)));
        var expected = Train(recipe, calm);
        DurableFile.Watch = null;

        var deaths = changes.Distinct().Where(IsTried).ToArray();
        foreach (var death in deaths)
        {
            Assert.True(Killed.Run(() => Train(recipe, stormy), (moment, path) => (moment, KindOf(stormy, path)) == death, cut: death.Moment == DurableFile.Moment.Written), $"{death} was not reached.");
            if (death is (DurableFile.Moment.Written, "model.partial"))
            {
                Assert.Equal(expected, _told);
            }
        }

        // Its last deaths came when the model was whole: nothing is fitted, or told of, any more.
        Assert.Equal("[]", Train(recipe, stormy));
        AssertSameModel(calm, stormy);
        Assert.Equal(["cache", "events", "metrics.jsonl", "model", "recipe.json", "report.html", "report.json", "run.json"], Directory.EnumerateFileSystemEntries(stormy).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string[] kinds = ["run.json", "recipe.json", "cache/index.bin", "cache/states.bin", "base/checkpoint", "base/finished", "experts/checkpoint", "experts/finished", "aggregator/finished", "router/finished", "features/finished", "adapter_model.safetensors", "dmoerm.json", "metrics.json", "report.json", "model", "stages"];
        Assert.All(kinds, kind => Assert.Contains(deaths, death => death.Kind.EndsWith(kind, StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_StagesKept_StayAndServeANewModel()
    {
        var recipe = Recipe(recipe => recipe["checkpoints"]!["keepStages"] = true);
        var (first, run) = (Path.Combine(_folder, "first"), Path.Combine(_folder, "run"));
        Train(recipe, first);
        Train(recipe, run);
        Directory.Delete(Path.Combine(run, "model"), recursive: true);

        var steps = 0;
        var training = new TrainingRun(recipe, _folder, run) { Progress = step => steps += step.Detail is null ? 0 : 1 };
        training.Run();
        Assert.Equal(0, steps);
        AssertSameModel(first, run);
    }

    [Fact]
    public void Run_FolderInUse_IsRefused()
    {
        var (recipe, run) = (Recipe(), Path.Combine(_folder, "run"));
        using (RunLock.Take(run))
        {
            Assert.Contains("is in use by another process", Assert.Throws<IOException>(() => Train(recipe, run)).Message, StringComparison.Ordinal);
            Assert.Equal(["lock"], Directory.EnumerateFileSystemEntries(run).Select(Path.GetFileName));
        }

        Train(recipe, run);
    }

    [Fact]
    public void Run_StartedElsewhere_GoesOnAndSaysSo()
    {
        var (recipe, run, record) = (Recipe(), Path.Combine(_folder, "run"), Path.Combine(_folder, "run", "run.json"));
        Assert.True(Killed.Run(() => Train(recipe, run), (_, path) => path.Contains("router", StringComparison.Ordinal)));
        Change(record, json => json["machines"]![0]!["processor"] = "Another Processor");
        var warnings = new List<string>();
        var report = new TrainingRun(recipe, _folder, run) { Warn = warnings.Add }.Run();
        Assert.Contains("went on on another machine or build (Another Processor", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains(warnings[0], report.Notes);
    }

    [Theory]
    [InlineData("tool", "Dmoerm 9.9.9 has started")]
    [InlineData("data", "was started on other data")]
    [InlineData("backbone", "when the backbone's files were others")]
    public void Run_StartedOtherwise_IsRefused(string field, string sentence)
    {
        var (recipe, run) = (Recipe(), Path.Combine(_folder, "run"));
        Assert.True(Killed.Run(() => Train(recipe, run), (_, path) => path.Contains("states.bin", StringComparison.Ordinal)));
        Change(Path.Combine(run, "run.json"), json => json[field] = "9.9.9");
        Assert.Contains(sentence, Assert.Throws<InvalidDataException>(() => Train(recipe, run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StartedWithOtherThreads_GoesOnWithThose()
    {
        var (recipe, run) = (Recipe(), Path.Combine(_folder, "run"));
        Assert.True(Killed.Run(() => Train(recipe, run), (_, path) => path.Contains("states.bin", StringComparison.Ordinal)));
        Change(Path.Combine(run, "run.json"), json => json["threads"] = 2);
        var seen = 0;
        new TrainingRun(recipe, _folder, run) { Progress = _ => seen = get_num_threads() }.Run();
        Assert.Equal((2, 1), (seen, get_num_threads()));
    }

    // One of each kind: a stage by its last folder, files of the model by some of their names.
    private static bool IsTried((DurableFile.Moment Moment, string Kind) death) =>
        !death.Kind.StartsWith("model.partial/", StringComparison.Ordinal)
        || (death.Moment == DurableFile.Moment.Written && Path.GetFileName(death.Kind) is "config.json" or "adapter_model.safetensors" or "dmoerm.json" or "metrics.json" or "README.md");

    private static string KindOf(string run, string path)
    {
        var relative = Path.GetRelativePath(run, path).Replace('\\', '/');
        if (relative.EndsWith(DurableFile.Partial, StringComparison.Ordinal) && relative != "model.partial")
        {
            relative = relative[..^DurableFile.Partial.Length];
        }

        var parts = relative.Split('/');
        return parts[0] switch
        {
            "cache" => $"cache/{parts[^1]}",
            "stages" when parts.Length > 1 => $"{parts[^2]}/{FileKind().Match(parts[^1]).Value}",
            "model.partial" when parts.Length > 1 => $"model.partial/{parts[^1]}",
            _ => relative,
        };
    }

    private static void AssertSameModel(string expected, string found)
    {
        var (left, right) = (Path.Combine(expected, "model"), Path.Combine(found, "model"));
        string[] Names(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(Names(left), Names(right));
        Assert.All(Names(left), name => Assert.True(File.ReadAllBytes(Path.Combine(left, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(right, name))), name));
    }

    private static void Change(string path, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private string Train(TrainingRecipe recipe, string run)
    {
        var looks = new List<object>();
        try
        {
            new TrainingRun(recipe, _folder, run) { Looked = (place, look) => looks.Add(new { place, look }) }.Run();
        }
        finally
        {
            _told = JsonSerializer.Serialize(looks);
        }

        return _told;
    }

    private TrainingRecipe Recipe(Action<JsonObject>? change = null) => TrainingRecipe.Read(new PlantedFiles(_folder).Write(prompts: 12, recipe =>
    {
        TrainedRun.Shorten(recipe);
        recipe["categories"]!.AsObject().Remove("advice");
        recipe["checkpoints"] = new JsonObject { ["everySteps"] = 1, ["keep"] = 1 };
        recipe["aggregator"]!["training"] = new JsonObject { ["epochs"] = 2 };
        foreach (var phase in new[] { "base", "experts" })
        {
            recipe[phase]!["training"]!["batch"]!["responses"] = 12;
        }

        change?.Invoke(recipe);
    }));

    [GeneratedRegex("^[a-z]+")]
    private static partial Regex FileKind();
}
