using System.Text.Json.Nodes;
using Dmoerm.Tests.Hub;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>A run whose recipe names the hub, stopped, and gone on with after the hub has moved.</summary>
public sealed class HubRunTests : IDisposable
{
    private readonly HubFolder _hub = new();

    private readonly string _folder = TestFolders.Temporary();

    public void Dispose()
    {
        _hub.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_ThatGoesOn_TakesTheCommitItWasStartedWith()
    {
        var recipe = TrainingRecipe.Read(new PlantedFiles(_folder).Write(prompts: 12, recipe =>
        {
            TrainedRun.Shorten(recipe);
            recipe["categories"]!.AsObject().Remove("advice");
            recipe["categories"]!.AsObject().Remove("fact");
            recipe["categories"]!["story"]!["data"] = new JsonArray("org/name:train");
            recipe["backbone"]!["folder"] = "org/name";
        }));
        var story = File.ReadAllBytes(Path.Combine(_folder, "story.jsonl"));
        _hub.Server.WithFolder(PlantedFiles.Backbone).With("train.jsonl", story);
        var undisturbed = Path.Combine(_folder, "undisturbed");
        new TrainingRun(recipe, _folder, undisturbed) { Hub = () => _hub.Download() }.Run();

        using var stop = new CancellationTokenSource();
        var run = Path.Combine(_folder, "run");
        Assert.ThrowsAny<OperationCanceledException>(() => new TrainingRun(recipe, _folder, run) { Hub = () => _hub.Download(), Looked = (_, _) => stop.Cancel(), Cancellation = stop.Token }.Run());
        Assert.True(File.Exists(Path.Combine(run, "run.json")));

        // A new commit with fewer rows, and one file of the old one gone from the cache.
        _hub.Server.Head = new string('f', 40);
        File.Delete(Path.Combine(_hub.Snapshot, "config.json"));
        new TrainingRun(recipe, _folder, run) { Hub = () => _hub.Download() }.Run();

        Assert.All(Directory.GetFiles(Path.Combine(undisturbed, "model"), "*", SearchOption.AllDirectories), path =>
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(run, "model", Path.GetRelativePath(Path.Combine(undisturbed, "model"), path)))));
        Assert.Contains($"GET /api/models/org/name/revision/{HubServer.Commit}?blobs=true", _hub.Server.Requests);
        Assert.False(Directory.Exists(Path.Combine(_hub.Repository, "snapshots", _hub.Server.Head)));
    }

    [Fact]
    public void Resolve_Names_StayUnlessALocalPathHasThem()
    {
        var recipe = TrainingRecipe.Read(new PlantedFiles(_folder).Write(prompts: 12, recipe =>
        {
            recipe["backbone"]!["folder"] = "org/name";
            recipe["categories"]!["story"]!["data"] = new JsonArray("org/name:train", "org/rows", "absent.jsonl");
        }));
        Directory.CreateDirectory(Path.Combine(_folder, "org"));
        File.WriteAllText(Path.Combine(_folder, "org", "rows"), "");

        var resolved = recipe.Resolve(_folder);

        Assert.Equal("org/name", resolved.Backbone.Folder);
        Assert.Equal(["org/name:train", Path.Combine(_folder, "org", "rows"), Path.Combine(_folder, "absent.jsonl")], resolved.Categories["story"].Data);
        Directory.CreateDirectory(Path.Combine(_folder, "org", "name"));
        Assert.Equal(Path.Combine(_folder, "org", "name"), recipe.Resolve(_folder).Backbone.Folder);
    }
}
