using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Benchmarks.Rules;
using static Dmoerm.Tests.Evaluation.Benchmarks.BenchmarkReference;

namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>RewardBench 1 and 2 against allenai/reward-bench's own code.</summary>
public sealed class RewardBenchReferenceTests
{
    private static readonly BenchmarkItem<double>[] Core = Pairs("predictions.jsonl");
    private static readonly BenchmarkItem<double>[] Prior = Pairs("prior_sets.jsonl");
    private static readonly BenchmarkItem<double>[] Second = [.. Rows("rewardbench2").Select(Sets)];

    [Fact]
    public void First_SubsetsSectionsAndAverages_AreTheOriginals()
    {
        var expected = Expected("rewardbench1");
        var (plain, with) = (KnownBenchmarks.Score("rewardbench1", Core), KnownBenchmarks.Score("rewardbench1", [.. Core, .. Prior]));
        var compared = AssertAll(expected.GetProperty("accuracy_per_subset"), name => plain.Subsets[name].Score);
        compared += AssertAll(expected.GetProperty("accuracy_per_prior_set"), name => with.Subsets[name].Score);
        compared += AssertAll(expected.GetProperty("sections"), name => plain.Figures[name]);
        Assert.Equal(23 + 7 + 4, compared);
        Assert.Equal(expected.GetProperty("mean_of_four_sections").GetDouble(), plain.Score!.Value, 1e-12);
        AssertLeaderboard("leaderboard_with_prior_sets", with);
        AssertLeaderboard("leaderboard_without_prior_sets", plain);
        Assert.Empty(with.Notes);
        Assert.Equal(Core.Length + Prior.Length, with.Items);

        void AssertLeaderboard(string name, BenchmarkReport report)
        {
            var line = expected.GetProperty(name);
            Assert.Equal(line.GetProperty("average").GetDouble(), report.Score!.Value, 1e-12);
            Assert.All(["Chat", "Chat Hard", "Safety", "Reasoning"], section => Assert.Equal(line.GetProperty(section).GetDouble(), report.Figures[section]!.Value, 1e-12));
            Assert.Equal(Number(line, "Prior Sets (0.5 weight)"), report.Figures.GetValueOrDefault("Prior Sets") ?? double.NaN, 1e-12);
        }
    }

    [Fact]
    public void First_MissingSubsets_DropOutAndAreNamed()
    {
        var expected = Expected("rewardbench1");
        var partial = KnownBenchmarks.Score("rewardbench1", [.. Core.Where(item => item.Subset is not ("alpacaeval-hard" or "math-prm"))]);
        Assert.Equal(4, AssertAll(expected.GetProperty("sections_when_two_subsets_are_absent"), name => partial.Figures[name]));
        Assert.Contains("alpacaeval-hard, math-prm", Assert.Single(partial.Notes), StringComparison.Ordinal);
        var chat = KnownBenchmarks.Score("rewardbench1", [.. Core.Where(item => RewardBench.Sections[0].Subsets.Any(subset => subset.Subset == item.Subset))]);
        Assert.Equal(4, AssertAll(expected.GetProperty("sections_when_only_chat_is_present"), name => chat.Figures[name]));
        var prior = KnownBenchmarks.Score("rewardbench1", Prior);
        Assert.Null(prior.Score);
        Assert.Equal(["Prior Sets"], prior.Figures.Keys);
    }

    [Fact]
    public void First_Weights_AreTheOriginals()
    {
        var facts = System.Text.Json.JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("benchmarks", "rewardbench1", "facts.json")));
        var own = RewardBench.Sections.SelectMany(section => section.Subsets).ToDictionary(subset => subset.Subset, subset => subset.Weight);
        Assert.Equal(own.Count, AssertAll(facts.GetProperty("weights"), name => own[name]));
        Assert.All(facts.GetProperty("sections").EnumerateObject(), section =>
            Assert.Equal(section.Value.EnumerateArray().Select(name => name.GetString()), RewardBench.Sections.Single(known => known.Section == section.Name).Subsets.Select(subset => subset.Subset)));
    }

    [Fact]
    public void Second_SubsetsCreditsAndTies_AreTheOriginals()
    {
        var expected = Expected("rewardbench2");
        var report = KnownBenchmarks.Score("rewardbench2", Second);
        Assert.Equal(6, AssertAll(expected.GetProperty("per_subset"), name => report.Subsets[name].Score));
        Assert.Equal(expected.GetProperty("mean_of_six").GetDouble(), report.Score!.Value, 1e-12);
        Assert.Equal(52, AssertAll(expected.GetProperty("credit_of_each_non_ties_row"), id => RewardBench2.Credit(Second.Single(item => item.Id == id && item.Subset != "Ties"))));
        var (parts, terms) = (expected.GetProperty("ties_parts"), TiesTerms.Of([.. Second.Where(item => item.Subset == "Ties")]));
        double?[] own = [terms.PromptsInBoth, terms.TiedAccuracy, terms.RefAccuracy, terms.GapAboveSpread, terms.SmallerGapAboveSpread, terms.TanhTerm, terms.Total];
        var names = parts.EnumerateObject().Select(part => part.Name).ToList();
        Assert.Equal(own.Length, AssertAll(parts, name => own[names.IndexOf(name)]));
        Assert.Equal(terms.Figures, report.Figures);
        Assert.Equal(2, report.NotNumbers);
    }

    [Fact]
    public void Second_TiesWithoutAPartner_HaveNoScore()
    {
        Assert.Equal(System.Text.Json.JsonValueKind.Null, Expected("rewardbench2").GetProperty("ties_when_no_ref_has_a_partner").ValueKind);
        var report = KnownBenchmarks.Score("rewardbench2", [.. Second.Where(item => item.Id is "tied:90" or "ref:91")]);
        Assert.Null(report.Subsets["Ties"].Score);
        Assert.Null(report.Score);
        Assert.Contains(report.Notes, note => note.Contains("Factuality, Precise IF, Math, Safety, Focus not there", StringComparison.Ordinal));
        Assert.Contains(report.Notes, note => note.StartsWith("No score of Ties", StringComparison.Ordinal));
    }

    [Fact]
    public void Second_TiesWithNaN_AreRefused()
    {
        var fault = Assert.Throws<InvalidDataException>(() => KnownBenchmarks.Score("rewardbench2", [.. Rows("rewardbench2", "ties_with_nan.jsonl").Select(Sets)]));
        Assert.Contains("id tied:0", fault.Message, StringComparison.Ordinal);
        Assert.Contains("not", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tied:0", "ref:0", "tied:0")]
    [InlineData("tied:0", "ref", "ref")]
    public void Second_TiesWithWrongIds_AreRefused(string first, string second, string named)
    {
        string[] ids = [first, second, first];
        var fault = Assert.Throws<InvalidDataException>(() => TiesTerms.Of([.. ids.Select(id => Item("Ties", [2, 1], [0], id: id))]));
        Assert.Contains($"'{named}'", fault.Message, StringComparison.Ordinal);
    }

    private static BenchmarkItem<double>[] Pairs(string file) =>
        [.. Rows("rewardbench1", file).Select(row => Item(Text(row, "subset"), [Number(row, "score_chosen")], [Number(row, "score_rejected")]))];

    private static BenchmarkItem<double> Sets(System.Text.Json.JsonElement row)
    {
        var (scores, right) = (Numbers(row.GetProperty("scores")), row.GetProperty("num_correct").GetInt32());
        return Item(Text(row, "subset"), scores[..right], scores[right..], id: Text(row, "id"));
    }
}
