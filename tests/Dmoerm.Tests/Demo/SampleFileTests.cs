using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Data;
using Dmoerm.Data.Formats;

namespace Dmoerm.Tests.Demo;

/// <summary>Holds <c>samples/feedback.jsonl</c>, the file of docs/guide.md, to the planted world that it is from; with DMOERM_WRITE set, writes it anew.</summary>
public sealed class SampleFileTests
{
    private static readonly string Committed = Path.Combine(TestFolders.Root, "samples", "feedback.jsonl");

    [Fact]
    public void Rows_EqualTheCommittedFile()
    {
        var rows = string.Concat(Rows().Select(example => PreferenceWriter.ToJson(example) + "\n"));
        if (Environment.GetEnvironmentVariable("DMOERM_WRITE") is not null)
        {
            File.WriteAllText(Committed, rows);
        }

        Assert.Equal(rows, File.ReadAllText(Committed));
    }

    // Ratings alone, as people collect them, two categories in turn; then three rows with what real files have.
    private static IEnumerable<PreferenceExample> Rows()
    {
        var world = PlantedWorld.Grow(new WorldSettings { TrainingPrompts = 1, PreferencePrompts = 1, ValidationPrompts = 0, TestPrompts = 120, Responses = 3 }, new Random(7));
        var (stories, advice) = (world.Categories.Single(category => category.Name == "story"), world.Categories.Single(category => category.Name == "advice"));
        PreferenceExample[] rows = [.. stories.Test.Zip(advice.Test, (story, hint) => new[] { story, hint }).SelectMany(pair => pair)];
        foreach (var (row, number) in rows.Select((row, index) => (row, index + 1)))
        {
            yield return row with { Id = $"f{number}", Comparisons = [] };
        }

        yield return Changed(rows[4], "f241", responses => [responses[0], responses[1], responses[0] with { Score = responses[0].Score + 1 }]);
        yield return Changed(rows[9], "f242", responses => [responses[0], responses[2], Response.FromText("") with { Score = -3 }]);
        yield return Changed(rows[12], "f243", responses => [responses[2], responses[0]]) with { Prompt = [Message.User(rows[12].Prompt[0].Content + " Thanks!")] };
    }

    private static PreferenceExample Changed(PreferenceExample row, string id, Func<IReadOnlyList<Response>, IReadOnlyList<Response>> change) =>
        row with { Id = id, Responses = change(row.Responses), Comparisons = [] };
}
