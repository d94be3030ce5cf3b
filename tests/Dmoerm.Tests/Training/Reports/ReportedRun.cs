using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Training.Reports;

/// <summary>A run with a baseline and with texts in its report, and two test rows in which people prefer opposite things.</summary>
public sealed class ReportedRun : IDisposable
{
    public const string Prompt = "Say <something> & say it well.";
    public const string OtherPrompt = "And now?";
    private readonly string _folder = TestFolders.Temporary();

    public ReportedRun()
    {
        var odd = Path.Combine(_folder, "odd.jsonl");
        (string Prompt, string First, string Second)[] rows = [(Prompt, PlantedFiles.Cold, PlantedFiles.Kind), (OtherPrompt, PlantedFiles.Kind, PlantedFiles.Cold)];
        File.WriteAllLines(odd, rows.Select(row => JsonSerializer.Serialize(new
        {
            prompt = row.Prompt,
            responses = new[] { new { text = row.First, capabilities = new { kindness = 1, mistakes = 0 } }, new { text = row.Second, capabilities = new { kindness = 2, mistakes = 0 } } },
            comparisons = new[] { new { i = 0, j = 1, p = 1 } },
        })));
        Run = new TrainedRun(recipe =>
        {
            recipe["baselines"] = new JsonObject { ["linearHead"] = true };
            recipe["report"] = new JsonObject { ["texts"] = true };
            recipe["categories"]!["story"]!["test"] = new JsonArray(odd);
            recipe["base"]!["training"]!["epochs"] = 6;
        });
    }

    internal TrainedRun Run { get; }

    public void Dispose()
    {
        Run.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
