using System.Text.Json;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>From data files to printed agreement and rewards: any one place that has the direction backwards fails a test here.</summary>
/// <remarks>Agreement alone would miss a reader that is wrong in training and in evaluation alike, so rewards of texts whose worth is known stand beside it.</remarks>
[Collection(PlantedModels.Name)]
public sealed class DirectionTests(PlantedModel planted)
{
    private const double High = 0.85;

    [Fact]
    public void Train_PlantedPreferences_AgreesInEveryCategoryAndCapability()
    {
        var evaluation = planted.Report.GetProperty("methods")[0].GetProperty("evaluation");

        Assert.Equal("test", planted.Report.GetProperty("measuredOn").GetString());
        AssertHigh(evaluation);
    }

    [Fact]
    public async Task Eval_PlantedPreferences_AgreesInEveryCategoryAndCapability()
    {
        var (code, output, error) = await DmoermProcess.Run("", "eval", planted.Model, "--data", planted.Files.Test, "--json");

        Assert.True(code == 0, error);
        AssertHigh(JsonElement.Parse(output));
    }

    [Fact]
    public async Task Score_TextsOfKnownWorth_HaveTheirOrder()
    {
        var story = await Score("story");
        var advice = await Score("advice");
        var fact = await Score("fact");

        AssertOrder(story, "kind and careful", "cold and careless", scored => scored.GetProperty("reward").GetDouble());
        AssertOrder(advice, "cold and careless", "kind and careful", scored => scored.GetProperty("reward").GetDouble());
        AssertOrder(fact, "kind and careful", "cold and careless", scored => scored.GetProperty("reward").GetDouble());
        AssertCapability(story, "kindness", "kind and careful", "cold and careful");
        AssertCapability(story, "care", "kind and careful", "kind and careless");
        AssertCapability(advice, "distance", "cold and careful", "kind and careful");
        AssertCapability(advice, "ease", "kind and careless", "kind and careful");
        AssertCapability(fact, "kindness", "kind and careful", "cold and careful");
        AssertCapability(fact, "care", "kind and careful", "kind and careless");
    }

    private static void AssertHigh(JsonElement evaluation)
    {
        Assert.InRange(evaluation.GetProperty("agreement").GetDouble(), High, 1);
        foreach (var category in evaluation.GetProperty("categories").EnumerateObject())
        {
            Assert.True(category.Value.GetProperty("agreement").GetDouble() >= High, $"{category.Name}: {category.Value}");
            foreach (var capability in category.Value.GetProperty("capabilities").EnumerateObject())
            {
                Assert.True(capability.Value.GetProperty("agreement").GetDouble() >= High, $"{category.Name}, {capability.Name}: {capability.Value}");
            }
        }
    }

    private async Task<Dictionary<string, JsonElement>> Score(string category)
    {
        string[] names = ["kind and careful", "cold and careful", "kind and careless", "cold and careless"];
        var lines = names.Select(name =>
        {
            var (prompt, response) = PlantedFiles.Conversation(category, name.StartsWith("kind", StringComparison.Ordinal), name.EndsWith("careless", StringComparison.Ordinal));
            return JsonSerializer.Serialize(new { id = name, category, prompt, response });
        });
        var (code, output, error) = await DmoermProcess.Run(string.Join('\n', lines) + "\n", "score", planted.Model, "--explain");
        Assert.True(code == 0, error);
        return output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToDictionary(line => line.GetProperty("id").GetString()!);
    }

    private static void AssertCapability(Dictionary<string, JsonElement> scored, string capability, string better, string worse)
    {
        foreach (var field in new[] { "reward", "percentile", "effect" })
        {
            AssertOrder(scored, better, worse, line => line.GetProperty("capabilities").GetProperty(capability).GetProperty(field).GetDouble());
        }
    }

    private static void AssertOrder(Dictionary<string, JsonElement> scored, string better, string worse, Func<JsonElement, double> value) =>
        Assert.True(value(scored[better]) > value(scored[worse]), $"Expected '{better}' above '{worse}': {scored[better]} and {scored[worse]}");
}
