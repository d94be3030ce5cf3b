using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Labels;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

public sealed class SubsamplingTests(PlainRun plain) : IClassFixture<PlainRun>
{
    private static readonly PreferenceExample[] Prompts = [.. Enumerable.Range(0, 40).Select(Example)];

    [Fact]
    public void Apply_OneComparisonPerPrompt_KeepsOnePreferenceAndAllCapabilityLabels()
    {
        var (examples, report) = Subsampling.Apply(new SubsampleSettings { ComparisonsPerPrompt = 1 }, Prompts, seed: 1);
        Assert.Equal(new SubsampleReport(40, 80, 0), report);
        foreach (var (before, after) in Prompts.Zip(examples))
        {
            var kept = Assert.Single(after.Comparisons, comparison => comparison.Capability is null);
            Assert.Contains(kept, before.Comparisons);
            Assert.NotEqual(0.5, kept.P);
            Assert.Equal(before.Comparisons.Where(comparison => comparison.Capability is not null), after.Comparisons.Where(comparison => comparison.Capability is not null));
            Assert.Equal(before.Responses, after.Responses);
        }

        // Not always the same one.
        Assert.True(examples.Select(example => example.Comparisons[0].J).Distinct().Count() > 1);
    }

    [Fact]
    public void Apply_SameSeed_GivesTheSameWhateverTheOrderOfRows()
    {
        var settings = new SubsampleSettings { ComparisonsPerPrompt = 1, Share = 0.5, Flip = 0.3 };
        var (first, second) = (Subsampling.Apply(settings, Prompts, 1).Examples, Subsampling.Apply(settings, [.. Prompts.Reverse()], 1).Examples);
        Assert.All(first.Zip(second.Reverse()), pair => Assert.Equal(pair.First.Comparisons, pair.Second.Comparisons));
        Assert.NotEqual(first.Select(example => example.Comparisons.Count), Subsampling.Apply(settings, Prompts, 2).Examples.Select(example => example.Comparisons.Count));
    }

    [Fact]
    public void Apply_Share_TakesThePreferencesOfTheOtherPrompts()
    {
        var (examples, report) = Subsampling.Apply(new SubsampleSettings { Share = 0.25 }, Prompts, 1);
        Assert.Equal(10, examples.Count(example => example.Comparisons.Any(comparison => comparison.Capability is null)));
        Assert.Equal(new SubsampleReport(30, 90, 0), report);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.3, 20, 52)]
    [InlineData(1, 120, 120)]
    public void Apply_Flip_TurnsThatShareRound(double flip, int least, int most)
    {
        var (examples, report) = Subsampling.Apply(new SubsampleSettings { Flip = flip }, Prompts, 1);
        var turned = Prompts.Zip(examples).Sum(pair => pair.First.Comparisons.Where(comparison => comparison.Capability is null).Zip(pair.Second.Comparisons)
            .Count(both => (both.First.I, both.First.J) == (both.Second.J, both.Second.I) && both.First.P == both.Second.P && both.First.Margin == both.Second.Margin));
        Assert.Equal(report.Flipped, turned);
        Assert.InRange(turned, least, most);
        Assert.Equal((120, 0), (report.Kept, report.LeftOut));
    }

    [Fact]
    public void Cut_Subsample_LeavesTheValidationPartAsItIs()
    {
        var resolved = plain.Run.Recipe.Resolve(plain.Run.Folder);
        var source = resolved.Categories["story"];
        var data = CategoryReader.Read("story", source, source.Data);
        var whole = CategoryParts.Cut(resolved, data, source);
        var few = CategoryParts.Cut(resolved with { Subsample = new SubsampleSettings { ComparisonsPerPrompt = 1, Flip = 1 } }, data, source);
        Assert.Equal(whole.Outer.Parts[1], few.Outer.Parts[1]);
        Assert.Equal(whole.Outer.Parts[0].Select(example => example.Id), few.Outer.Parts[0].Select(example => example.Id));
        Assert.All(few.Outer.Parts[0], example => Assert.Single(example.Comparisons, comparison => comparison.Capability is null));
        Assert.All(few.Inner!.Parts.SelectMany(part => part), example => Assert.Single(example.Comparisons, comparison => comparison.Capability is null));
        Assert.Equal(few.Subsample!.Kept, few.Subsample.Flipped);
        Assert.Null(whole.Subsample);
    }

    [Fact]
    public void Run_Subsample_IsCountedInPlanAndReport()
    {
        using var run = new TrainedRun(recipe => recipe["subsample"] = System.Text.Json.Nodes.JsonNode.Parse("""{ "comparisonsPerPrompt": 2 }"""));
        var subsample = run.Report.Categories["story"].Subsample!;
        Assert.Equal((2 * run.Report.Categories["story"].LeftOut, 0), (0, subsample.Flipped));
        // Six comparisons a prompt, all of them by scores.
        Assert.Equal(2 * subsample.Kept, subsample.LeftOut);
        Assert.Contains(run.Report.Categories["story"].Notes, note => note.StartsWith($"Subsampled by the recipe: {subsample.Kept} overall comparisons", StringComparison.Ordinal));
        Assert.Equal(plain.Run.Report.Categories["story"].ValidationComparisons, run.Report.Categories["story"].ValidationComparisons);
        Assert.Equal(plain.Run.Report.Methods[^1].Evaluation.Comparisons, run.Report.Methods[^1].Evaluation.Comparisons);
    }

    // Three preferences, one of them a tie, and a comparison of a capability.
    private static PreferenceExample Example(int index) => new()
    {
        Id = $"{index}",
        Prompt = [Message.User($"prompt {index}")],
        Responses = [Response.FromText("a"), Response.FromText("b"), Response.FromText("c")],
        Comparisons = [new Comparison(0, 1, 1, Margin: 2), new Comparison(0, 2, 0), new Comparison(1, 2, 0.5), new Comparison(0, 1, 1, "clarity")],
    };
}
