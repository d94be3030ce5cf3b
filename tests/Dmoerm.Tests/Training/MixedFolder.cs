using System.Text.Json.Nodes;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>Planted rows of two categories in one file, and 16 rows without a category after them: the first has a prompt of story's validation part, the others new ones.</summary>
internal sealed class MixedFolder : IDisposable
{
    private const string Name = "mixed.jsonl";

    public MixedFolder(bool unnamed)
    {
        new PlantedFiles(Path).Write(prompts: 12);
        Write(Path, unnamed);
    }

    public string Path { get; } = TestFolders.Temporary();

    public string Mixed => System.IO.Path.Combine(Path, Name);

    /// <summary>Writes a recipe and gives its path.</summary>
    public string Recipe(string rule) => new PlantedFiles(Path).Write(prompts: 12, recipe =>
    {
        TrainedRun.Shorten(recipe);
        Change(recipe, rule);
    });

    /// <summary>A recipe in which both categories list the file.</summary>
    public static void Change(JsonObject recipe, string rule)
    {
        recipe["assignUncategorised"] = rule;
        recipe["categories"]!.AsObject().Remove("fact");
        recipe["categories"]!["advice"] = JsonNode.Parse("""{ "data": ["mixed.jsonl"], "test": ["mixed-test.jsonl"], "capabilities": { "distance": {}, "ease": {} } }""");
        recipe["categories"]!["story"]!["data"] = new JsonArray(Name);
        recipe["categories"]!["story"]!["test"] = new JsonArray("mixed-test.jsonl");
    }

    /// <summary>Writes the file, and the test file with one row more than it should have.</summary>
    public static void Write(string folder, bool unnamed)
    {
        string In(string name) => System.IO.Path.Combine(folder, name);
        string[] named = [.. File.ReadLines(In("story.jsonl")), .. File.ReadLines(In("advice.jsonl"))];
        var more = Directory.CreateDirectory(In("more")).FullName;
        new PlantedFiles(more).Write(prompts: 20);
        string[] others = [ValidationRow(folder), .. File.ReadLines(System.IO.Path.Combine(more, "story.jsonl")).Skip(12), .. File.ReadLines(System.IO.Path.Combine(more, "advice.jsonl")).Skip(13)];
        File.WriteAllLines(In(Name), named.Concat(unnamed ? others.Select(WithoutCategory) : []));
        string[] test = [.. File.ReadLines(In("test.jsonl"))];
        File.WriteAllLines(In("mixed-test.jsonl"), test.Concat(unnamed ? [WithoutCategory(test[0])] : []));
    }

    private static string ValidationRow(string folder)
    {
        var path = System.IO.Path.Combine(folder, "story.jsonl");
        var source = new CategorySource { Data = [path], Capabilities = new Dictionary<string, CapabilitySource> { ["kindness"] = new() } };
        var recipe = TrainingRecipe.Read(System.IO.Path.Combine(folder, "recipe.json"));
        var validation = CategoryParts.Cut(recipe, CategoryReader.Read("story", source, source.Data), source).Outer.Parts[1];
        return File.ReadLines(path).First(line => line.Contains(validation[0].Prompt[0].Content, StringComparison.Ordinal));
    }

    private static string WithoutCategory(string line)
    {
        var row = JsonNode.Parse(line)!.AsObject();
        row.Remove("category");
        return row.ToJsonString();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
