using System.Text.Json.Nodes;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>Rows without a category in a file that two categories list, through whole runs.</summary>
public sealed class UncategorisedRunTests
{
    private const int Unnamed = 16;

    [Fact]
    public void Run_Drop_IsTheRunWithoutTheRows()
    {
        using var dropped = Train("drop");
        using var absent = Train("error", unnamed: false);
        foreach (var file in Weights(absent))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(absent.Model, file)), File.ReadAllBytes(Path.Combine(dropped.Model, file)));
        }

        var found = dropped.Report.Data!.Uncategorised!;
        Assert.Equal((Unnamed, 1, false), (found.Rows, found.TestRows, found.Routed));
        Assert.Null(found.Assigned);
        Assert.All(dropped.Report.Data.Categories.Values, category => Assert.Equal((Unnamed, 12), (category.Uncategorised, category.Rows)));
        Assert.Contains(dropped.Report.Notes, note => note == "16 rows without a category in files that several categories list: left out.");
        Assert.Contains(dropped.Report.Notes, note => note == "1 test row without a category in files that several categories list: left out.");
        Assert.Null(absent.Report.Data!.Uncategorised);
        Assert.DoesNotContain("ncategorised", File.ReadAllText(Path.Combine(absent.Model, "metrics.json")) + File.ReadAllText(Path.Combine(absent.Model, "recipe.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Router_AssignsAsTheServedRouterAndLearnsNothingItself()
    {
        using var dropped = Train("drop");
        using var routed = Train("router", keepStages: true);
        Assert.Equal(File.ReadAllBytes(Path.Combine(dropped.Model, "router.safetensors")), File.ReadAllBytes(Path.Combine(routed.Model, "router.safetensors")));

        // One of the rows has a validation prompt; the others are new.
        var found = routed.Report.Data!.Uncategorised!;
        Assert.Equal((Unnamed, 1, 1, 0), (found.Rows, found.TestRows, found.InValidation, found.TooLong));
        Assert.Equal(ServedChoices(routed), found.Assigned!);
        Assert.Equal(Unnamed - 1, found.Assigned!.Values.Sum());
        foreach (var (name, category) in routed.Report.Categories)
        {
            var before = dropped.Report.Categories[name];
            Assert.Equal(before.TrainingUnits + found.Assigned[name], category.TrainingUnits);
            Assert.Equal((before.ValidationUnits, before.ValidationComparisons), (category.ValidationUnits, category.ValidationComparisons));
        }

        Assert.Contains(Weights(routed), file => !File.ReadAllBytes(Path.Combine(routed.Model, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(dropped.Model, file))));
        Assert.Contains("1 prompts left out because they share units with a validation part", File.ReadAllText(Path.Combine(routed.Model, "README.md")), StringComparison.Ordinal);
        Assert.Contains("Prompts that the router gave to categories", File.ReadAllText(Path.Combine(routed.Model, "report.html")), StringComparison.Ordinal);
        AssertSameOnReplay(routed);
    }

    [Fact]
    public void Plan_NoRule_NamesRowAndChoices()
    {
        using var folder = new MixedFolder(unnamed: true);
        var run = new TrainingRun(TrainingRecipe.Read(folder.Recipe("error")), folder.Path, Path.Combine(folder.Path, "run"));
        var error = Assert.Throws<InvalidDataException>(() => run.Plan()).Message;
        Assert.Contains("mixed.jsonl, line 25: expected field 'category', because 2 categories list this file (story, advice)", error, StringComparison.Ordinal);
        Assert.All(["\"assignUncategorised\": \"drop\"", "\"router\"", "\"error\""], choice => Assert.Contains(choice, error, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_FileOfOneCategory_TakesItsRows()
    {
        using var folder = new MixedFolder(unnamed: true);
        var source = new CategorySource { Data = [folder.Mixed] };
        foreach (var rule in Enum.GetValues<UncategorisedRule>())
        {
            var shared = new SharedFiles(new Dictionary<string, CategorySource> { ["story"] = source, ["other"] = new CategorySource { Data = ["other.jsonl"] } }, rule);
            var data = CategoryReader.Read("story", source, source.Data, shared: shared);
            Assert.Equal((12 + Unnamed, 0), (data.Report.Rows, data.Report.Uncategorised));
            Assert.Empty(data.Uncategorised);
        }
    }

    [Fact]
    public void Cut_Assigned_JoinTheTrainingPartAlone()
    {
        using var folder = new MixedFolder(unnamed: true);
        var recipe = TrainingRecipe.Read(folder.Recipe("router")).Resolve(folder.Path);
        var read = RunData.Read(recipe);
        Assert.True(read.AwaitsRouter);
        var data = read.Training[0];
        PreferenceExample[] given = [.. data.Uncategorised.Skip(1).Take(3).Select(waiting => waiting.Example)];
        var (before, after) = (read.Parts[0], CategoryParts.Cut(recipe, data, recipe.Categories["story"], given));
        Assert.Equal(before.Outer.Parts[1], after.Outer.Parts[1]);
        Assert.Equal([.. before.Outer.Parts[0], .. given], after.Outer.Parts[0]);
        Assert.Equal(before.Outer.Units[0] + 3, after.Outer.Units[0]);
        Assert.Equal(after.Outer.Parts[0].Count, after.Inner!.Parts.Sum(part => part.Count));
    }

    private static TrainedRun Train(string rule, bool unnamed = true, bool keepStages = false) => new(
        recipe =>
        {
            MixedFolder.Change(recipe, rule);
            recipe["checkpoints"] = new JsonObject { ["keepStages"] = keepStages };
        },
        folder => MixedFolder.Write(folder, unnamed));

    private static IEnumerable<string> Weights(TrainedRun run) =>
        Directory.EnumerateFiles(Path.Combine(run.Model, "experts"), "*.safetensors", SearchOption.AllDirectories).Append(Path.Combine(run.Model, "router.safetensors")).Select(file => Path.GetRelativePath(run.Model, file));

    private static Dictionary<string, int> ServedChoices(TrainedRun run)
    {
        using var model = RewardModel.Load(run.Model);
        var waiting = RunData.Read(run.Recipe.Resolve(run.Folder)).Training[0].Uncategorised.Skip(1);
        var scored = model.Score([.. waiting.Select(entry => new ScoreRequest(entry.Example.Prompt, entry.Example.Responses[0].Messages))]);
        return run.Recipe.Categories.Keys.ToDictionary(name => name, name => scored.Count(response => response.Category == name));
    }

    private static void AssertSameOnReplay(TrainedRun run)
    {
        var before = Weights(run).ToDictionary(file => file, file => File.ReadAllBytes(Path.Combine(run.Model, file)));
        Directory.Delete(run.Model, recursive: true);
        var again = run.Train();
        Assert.Equal(run.Report.Data!.Uncategorised!.Assigned!, again.Data!.Uncategorised!.Assigned!);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(run.Model, file.Key))));
    }
}
