using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dmoerm.Backbones.Weights;
using Dmoerm.Cli.Terminal;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>Losses, batches, dropout and mix of a recipe reach the fits of a whole run.</summary>
public sealed class FittingOptionsTests(PlainRun plain) : IClassFixture<PlainRun>
{
    [Fact]
    public void Run_EveryFittingOption_ReachesItsFitAndReloads()
    {
        using var run = new TrainedRun(recipe =>
        {
            recipe["base"]!["lora"]!["dropout"] = 0.05;
            recipe["base"]!["training"] = JsonNode.Parse("""
                {
                  "learningRates": [3e38, 1e-2], "epochs": 9, "maxSteps": 4, "warmupSteps": 0.5, "batch": { "comparisons": 8, "accumulate": 2 },
                  "loss": { "ties": "drop", "labelNoise": "unbiased", "flipRate": 0.1, "centre": 0.01 }
                }
                """);
            recipe["experts"]!["lora"]!["dropout"] = 0.1;
            recipe["experts"]!["training"]!["loss"] = JsonNode.Parse("""{ "ties": "davidson", "nu": 0.5, "margins": "scale" }""");
            recipe["aggregator"]!["training"] = JsonNode.Parse("""{ "epochs": 3, "loss": { "labelNoise": "forward", "flipRate": 0.1 } }""");
            recipe["baselines"]!["oneForAll"] = JsonNode.Parse("""{ "training": { "learningRates": [3e38, 1e-3], "epochs": 3, "batch": { "mix": { "story": 1, "fact": 3 } } } }""");
        });

        run.AssertReloadsWithTheTrainersRewards();
        Assert.All(run.Report.Categories.Values, category => Assert.All(category.Fits, fit => Assert.InRange(fit.BaseStep, 0, 4)));
        // Steps 1 and 2 have rates 0 and half the peak.
        Assert.All(run.Report.Categories, category => Assert.Contains(
            category.Value.Notes, note => Regex.IsMatch(note, $"^{category.Key}: base, fold 1 of 2: expected a finite loss, came NaN in step [34] at a learning rate of 3E\\+38\\. Weights from there on were not kept\\.$")));
        Assert.Equal((0.05, 0.1), (Dropout(run, "base"), Dropout(run, "kindness")));
        Assert.Equal((0.0, 0.0), (Dropout(plain.Run, "base"), Dropout(plain.Run, "kindness")));
        Assert.All(new[] { "base", "kindness" }, expert => Assert.NotEqual(Head(plain.Run, expert), Head(run, expert)));
        Assert.Contains(run.Report.Methods, method => method.Name == "one for all");
        Assert.Contains(run.Report.Notes, note => note.StartsWith("one for all: base, all categories: expected a finite loss, came NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_DivergedFit_IsOneSentence()
    {
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(1, Failure.Report(new DivergedException("story: base: expected a finite loss."), error));
        Assert.Equal("error: story: base: expected a finite loss.\n", error.ToString());
    }

    [Fact]
    public void Recipe_WithoutOptions_AsksForPlainBradleyTerry()
    {
        var settings = plain.Run.Recipe.Base.Training;
        Assert.Equal(new LossSettings { Margins = MarginUse.Subtract, MarginScale = 1, LabelNoise = LabelNoise.None, FlipRate = 0, Ties = TieRule.Soft, Nu = 1, Centre = 0 }, settings.Loss);
        Assert.Equal((1, null, null, 0.0), (settings.Batch.Accumulate, settings.Batch.Mix, settings.MaxSteps, plain.Run.Recipe.Base.Lora.Dropout));
    }

    private static double Dropout(TrainedRun run, string expert) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(run.Model, "experts", "story", expert, "adapter_config.json")))!["lora_dropout"]!.GetValue<double>();

    private static float[] Head(TrainedRun run, string expert)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(run.Model, "experts", "story", expert, "adapter_model.safetensors"));
        return file.Read("base_model.model.score.weight").flatten().data<float>().ToArray();
    }
}
