using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Labels;

namespace Dmoerm.Tests.Training;

/// <summary>The label teacher through a whole run.</summary>
public sealed class LabelTeacherRunTests(PlainRun plain) : IClassFixture<PlainRun>
{
    [Fact]
    public void Run_LabelTeacher_ReportsItsWeightsAndChangesTheBase()
    {
        using var run = new TrainedRun(recipe => recipe["labelTeacher"] = true);
        run.AssertReloadsWithTheTrainersRewards();

        // A story's worth is 2 kind - careless, whatever the units of the two scores.
        var story = run.Report.Categories["story"].LabelTeacher!;
        Assert.Equal(["kindness", "care"], story.Weights.Keys);
        Assert.True(story.Weights["kindness"] > story.Weights["care"] && story.Weights["care"] > 0, string.Join(", ", story.Weights.Values));
        // Four responses a prompt, no two alike in both traits.
        Assert.Equal(6 * Training(run, "story").Count, story.SoftLabels);
        // Reasons are comparisons: three rows in three state one, unless they were voted down.
        Assert.True(run.Report.Categories["fact"].LabelTeacher!.Weights["kindness"] > 0);
        Assert.Contains("Label teacher, from ", File.ReadAllText(Path.Combine(run.Model, "README.md")), StringComparison.Ordinal);
        Assert.Contains("\"labelTeacher\"", File.ReadAllText(Path.Combine(run.Model, "metrics.json")), StringComparison.Ordinal);

        Assert.NotEqual(Base(plain.Run, "story"), Base(run, "story"));
        Assert.Null(plain.Run.Report.Categories["story"].LabelTeacher);
    }

    [Fact]
    public void Run_LabelTeacherOfOneCategory_LeavesTheOthersBitEqual()
    {
        using var run = new TrainedRun(recipe =>
        {
            recipe["labelTeacher"] = true;
            recipe["categories"]!["fact"]!["labelTeacher"] = false;
        });
        Assert.NotEqual(Base(plain.Run, "story"), Base(run, "story"));
        foreach (var part in new[] { "base", "kindness", "care" })
        {
            Assert.Equal(Adapter(plain.Run, "fact", part), Adapter(run, "fact", part));
        }

        Assert.Null(run.Report.Categories["fact"].LabelTeacher);
    }

    [Fact]
    public void Run_OtherLabelsInTheValidationPart_ChangeNothingThatIsTaught()
    {
        using var run = new TrainedRun(recipe => recipe["labelTeacher"] = true);
        var before = run.Report.Categories["story"].LabelTeacher!;
        var validation = Parts(run, "story").Outer.Parts[1].Select(example => example.Prompt[0].Content).ToHashSet();
        var path = Path.Combine(run.Folder, "story.jsonl");
        File.WriteAllLines(path, File.ReadAllLines(path).Select(line => Turned(line, validation)));
        Directory.Delete(run.Run, recursive: true);
        var after = run.Train().Categories["story"];

        Assert.Equal(before.Weights, after.LabelTeacher!.Weights);
        Assert.Equal((before.Penalty, before.SoftLabels), (after.LabelTeacher.Penalty, after.LabelTeacher.SoftLabels));
        Assert.NotEqual(run.Report.Categories["story"].BaseAgreement, after.BaseAgreement);
    }

    [Fact]
    public void Teach_EachPart_HasATeacherThatSawThisPartAlone()
    {
        var resolved = plain.Run.Recipe.Resolve(plain.Run.Folder);
        var source = resolved.Categories["story"];
        var parts = Parts(plain.Run, "story");
        var teaching = new LabelTeaching(source, "story", resolved.Seed);
        var (fold, turned) = (parts.Others(0), parts.Others(1));
        var report = teaching.Of(fold).Report!;

        // What the other fold says is turned round; this one's teacher does not hear of it.
        PreferenceExample[] changed = [.. turned.Select(example => example with { Comparisons = [.. example.Comparisons.Select(comparison => comparison with { P = 1 - comparison.P })] })];
        Assert.Equal(report.Weights, new LabelTeaching(source, "story", resolved.Seed).Of(fold).Report!.Weights);
        Assert.Null(teaching.Of(changed).Report);
        Assert.Same(changed[0], teaching.Of(changed).Examples[0]);
    }

    private static string Turned(string line, HashSet<string> prompts)
    {
        var row = JsonNode.Parse(line)!;
        if (prompts.Contains((string)row["prompt"]!))
        {
            foreach (var response in row["responses"]!.AsArray())
            {
                response!["score"] = -(double)response["score"]!;
                response["capabilities"]!["kindness"] = -(double)response["capabilities"]!["kindness"]!;
            }
        }

        return row.ToJsonString(new JsonSerializerOptions());
    }

    private static CategoryParts Parts(TrainedRun run, string category)
    {
        var resolved = run.Recipe.Resolve(run.Folder);
        var source = resolved.Categories[category];
        return CategoryParts.Cut(resolved, CategoryReader.Read(category, source, source.Data), source);
    }

    private static IReadOnlyList<PreferenceExample> Training(TrainedRun run, string category) => Parts(run, category).Outer.Parts[0];

    private static byte[] Base(TrainedRun run, string category) => Adapter(run, category, "base");

    private static byte[] Adapter(TrainedRun run, string category, string part) => File.ReadAllBytes(Path.Combine(run.Model, "experts", category, part, "adapter_model.safetensors"));
}
