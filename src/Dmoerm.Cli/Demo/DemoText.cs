using System.Globalization;
using Dmoerm.Backbones.Configs;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Training.Settings;

namespace Dmoerm.Cli.Demo;

/// <summary>What the demo says around its table.</summary>
internal static class DemoText
{
    /// <summary>Says what the world is.</summary>
    public static void Introduce(PlantedWorld world, WorldSettings settings, TextWriter writer)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A planted world: {settings.TrainingPrompts + settings.ValidationPrompts} prompts with {settings.Responses} responses in each of {world.Categories.Count} categories."));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.FlippedPreferences:0%} of the preference labels and {settings.FlippedCapabilities:0%} of the capability labels name the worse response."));
        writer.WriteLine(settings.OneTaste ? "All categories want the same:" : "Each category wants something else; what one likes, another may not:");
        foreach (var taste in world.Tastes)
        {
            writer.WriteLine($"  {taste.Category}: {string.Join(", ", taste.Capabilities.Select(capability => capability.Name))}");
        }

        writer.WriteLine();
    }

    /// <summary>Says why the temperature cannot be right here: it is fitted on labels, and the table is about gold.</summary>
    public static void Calibration(WorldSettings settings, TextWriter writer)
    {
        if (settings.FlippedPreferences > 0)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"(The temperature is fitted on labels of which {settings.FlippedPreferences:0%} are wrong, and calibration is measured on gold ones: the model is rightly less sure than gold deserves.)"));
        }
    }

    /// <summary>Says how many weights each method trained, heads included: the comparison is one of design, not of size.</summary>
    public static void Sizes(PlantedWorld world, TrainingRecipe recipe, BackboneConfig config, TextWriter writer)
    {
        long Scorer(LoraSettings lora) => lora.Weights(config) + config.HiddenSize;
        var (one, each) = (Scorer(recipe.Baselines.OneForAll!.Lora), world.Categories.Count * Scorer(recipe.Baselines.OnePerCategory!.Lora));
        var own = world.Categories.Sum(category => Scorer(recipe.Base.Lora) + category.Capabilities.Count * Scorer(recipe.Experts.Lora));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trained weights: one for all {one}, one per category {each}, DMoERM {own}; each saw the data at most 20 times, at two learning rates (experts 8 times, at one)."));
    }

    /// <summary>Scores the first test prompt of each category and explains its best and worst response.</summary>
    public static void Explain(PlantedWorld world, RewardModel model, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine("The first test prompt of each category, best and worst response as the model sees them (gold: the world's own score):");
        foreach (var category in world.Categories)
        {
            var example = category.Test[0];
            var scored = model.Score([.. example.Responses.Select(response => new ScoreRequest(example.Prompt, response.Messages))], new ScoreOptions { Explain = true });
            writer.WriteLine();
            writer.WriteLine($"> {example.Prompt[0].Content}");
            writer.WriteLine($"  route: {string.Join(", ", scored[0].Route.OrderByDescending(route => route.Value).Select(route => string.Create(CultureInfo.InvariantCulture, $"{route.Key} {route.Value:0.00}")))}");
            var order = Enumerable.Range(0, scored.Count).OrderByDescending(index => scored[index].Reward).ToArray();
            Write(example.Responses[order[0]], scored[order[0]], writer);
            Write(example.Responses[order[^1]], scored[order[^1]], writer);
        }
    }

    /// <summary>Says where the model lies and what to do next.</summary>
    public static void GoOn(string model, string world, TextWriter writer)
    {
        var (shownModel, shownWorld) = (Path.GetRelativePath(".", model), Path.GetRelativePath(".", world));
        writer.WriteLine();
        writer.WriteLine($"The trained model lies in {shownModel}. Try it:");
        writer.WriteLine($"  echo '{{\"prompt\": \"What does a fox eat?\", \"responses\": [\"A fox eats ripe berries.\", \"Perhaps it is so.\"]}}' | dmoerm score {shownModel} --explain");
        writer.WriteLine($"  dmoerm eval {shownModel} --data {Path.Combine(shownWorld, "test.jsonl")}");
        writer.WriteLine($"Curves, tables and calibration are in {Path.Combine(Path.GetDirectoryName(shownModel)!, "report.html")}.");
        writer.WriteLine("With data of your own (docs/guide.md goes through it):");
        writer.WriteLine("  dmoerm init YOUR-FILE.jsonl --backbone FOLDER");
        writer.WriteLine("  dmoerm train YOUR-FILE.recipe.json");
    }

    private static void Write(Response response, ScoredResponse scored, TextWriter writer)
    {
        var explanation = scored.Capabilities!.Select(capability => string.Create(
            CultureInfo.InvariantCulture, $"{capability.Key} {Signed(capability.Value.Reward, 1)} (percentile {capability.Value.Percentile:0}, effect {Signed(capability.Value.Effect, 2)})"));
        writer.WriteLine($"  reward {Signed(scored.Reward, 2)} (gold {Signed(response.Score!.Value, 1)}): {response.Text}");
        writer.WriteLine($"    {string.Join(", ", explanation)}");
    }

    // Rounded first: a format with a sign would print a small negative number as "-+0.0".
    private static string Signed(double value, int decimals)
    {
        var zeros = new string('0', decimals);
        return Math.Round(value, decimals).ToString($"+0.{zeros};-0.{zeros};0.{zeros}", CultureInfo.InvariantCulture);
    }
}
