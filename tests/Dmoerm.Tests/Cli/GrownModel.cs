using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>A model of three categories, and one that grew from it: <c>story</c> gained an expert, <c>advice</c> its first ones, <c>tale</c> is new, and <c>fact</c> is not in the recipe.</summary>
public sealed class GrownModel : IDisposable
{
    public GrownModel()
    {
        Write("before.json", recipe =>
        {
            recipe["categories"]!["story"]!["capabilities"]!.AsObject().Remove("care");
            recipe["categories"]!["advice"]!.AsObject().Remove("capabilities");
        });
        var recipe = Write("after.json", Grow);
        Train("before.json", Before);
        Report = JsonElement.Parse(Train("after.json", After, "--from", BeforeModel, "--json"));
        Recipe = recipe;
    }

    public string Folder { get; } = TestFolders.Temporary();

    /// <summary>The recipe of the second run.</summary>
    public string Recipe { get; }

    public string Before => Path.Combine(Folder, "before");

    public string BeforeModel => Path.Combine(Before, "model");

    public string After => Path.Combine(Folder, "after");

    public string AfterModel => Path.Combine(After, "model");

    /// <summary>What the second run printed.</summary>
    public JsonElement Report { get; }

    /// <summary>Writes a recipe beside the data.</summary>
    /// <param name="name">The file's name; without its ending the recipe's.</param>
    /// <param name="change">Changes the planted recipe.</param>
    public string Write(string name, Action<JsonObject> change)
    {
        var planted = new PlantedFiles(Folder).Write(prompts: 12, recipe =>
        {
            TrainedRun.Shorten(recipe);
            recipe["name"] = Path.GetFileNameWithoutExtension(name);
            change(recipe);
        });
        var path = Path.Combine(Folder, name);
        File.Move(planted, path, overwrite: true);
        return path;
    }

    /// <summary>The second recipe from the planted one.</summary>
    public static void Grow(JsonObject recipe)
    {
        var categories = recipe["categories"]!.AsObject();
        categories.Remove("fact");
        // New experts come first, so that places move.
        categories["story"]!["capabilities"] = new JsonObject { ["care"] = categories["story"]!["capabilities"]!["care"]!.DeepClone(), ["kindness"] = new JsonObject() };
        categories["tale"] = new JsonObject { ["data"] = new JsonArray("story.jsonl"), ["rowCategory"] = "story", ["test"] = new JsonArray("test.jsonl") };
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Train(string recipe, string run, params string[] more)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run(["train", Path.Combine(Folder, recipe), "--out", run, .. more]) == 0, streams.Error);
        return streams.Out;
    }
}

/// <summary>Classes that share one <see cref="GrownModel"/>.</summary>
[CollectionDefinition(Name)]
public sealed class GrownModels : ICollectionFixture<GrownModel>
{
    public const string Name = "grown model";
}
