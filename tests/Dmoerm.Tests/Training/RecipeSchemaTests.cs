using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Data;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>Holds <c>recipes/recipe.schema.json</c> to the recipe's types; with DMOERM_WRITE set, writes it anew.</summary>
public sealed class RecipeSchemaTests
{
    private static readonly string Committed = Path.Combine(TestFolders.Root, "recipes", "recipe.schema.json");

    [Fact]
    public void Schema_Committed_IsThatOfTheTypes()
    {
        var made = RecipeSchemaWriter.Write();
        if (Environment.GetEnvironmentVariable("DMOERM_WRITE") is not null)
        {
            File.WriteAllText(Committed, made);
        }

        Assert.Equal(made, File.ReadAllText(Committed));
    }

    [Theory]
    [InlineData("debug.json")]
    [InlineData("human-preferences.json")]
    [InlineData("human-preferences-smollm2.json")]
    [InlineData("assistant.json")]
    public void Schema_CommittedRecipe_Fits(string name)
    {
        var recipe = JsonNode.Parse(File.ReadAllText(Path.Combine(TestFolders.Root, "recipes", name)), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        Assert.Empty(SchemaCheck.Faults(recipe, Schema()));
    }

    [Theory]
    [InlineData("""{"name": "a", "backbone": {"folder": "b"}, "categories": {}, "sed": 1}""", "sed")]
    [InlineData("""{"name": "a", "backbone": {"folder": "b", "tooLong": "cut"}, "categories": {}}""", "tooLong")]
    [InlineData("""{"name": "a", "categories": {}}""", "backbone")]
    [InlineData("""{"name": "a", "backbone": {"folder": "b"}, "categories": {"c": {"gap": "wide"}}}""", "gap")]
    [InlineData("""{"name": "a", "backbone": {"folder": "b"}, "categories": {}, "base": {"training": {"learningRates": 1}}}""", "learningRates")]
    public void Schema_WrongRecipe_NamesTheField(string recipe, string field) =>
        Assert.Contains(SchemaCheck.Faults(JsonNode.Parse(recipe)!, Schema()), fault => fault.Contains(field, StringComparison.Ordinal));

    [Fact]
    public void Schema_EveryField_IsDescribed()
    {
        var bare = new List<string>();
        Visit(Schema(), "", bare);
        Assert.Empty(bare);
    }

    [Fact]
    public void Recipe_WithSchemaField_IsTheSameRecipe()
    {
        const string Rest = """ "name": "a", "backbone": { "folder": "b" }, "categories": { "c": { "data": ["d.jsonl"] } } }""";
        var recipe = StrictJson.Parse<TrainingRecipe>("""{ "$schema": "recipe.schema.json",""" + Rest, "test");

        Assert.Equal("recipe.schema.json", recipe.Schema);
        Assert.Equal(StrictJson.Parse<TrainingRecipe>("{" + Rest, "test").ToJson(), recipe.ToJson());
    }

    private static JsonNode Schema() => JsonNode.Parse(File.ReadAllText(Committed))!;

    private static void Visit(JsonNode? schema, string path, List<string> bare)
    {
        if (schema is not JsonObject part)
        {
            return;
        }

        foreach (var (name, field) in part["properties"] as JsonObject ?? [])
        {
            if (field?["description"] is null)
            {
                bare.Add($"{path}.{name}");
            }

            Visit(field, $"{path}.{name}", bare);
        }

        foreach (var inner in new[] { "items", "additionalProperties" })
        {
            Visit(part[inner], $"{path}[]", bare);
        }
    }
}
