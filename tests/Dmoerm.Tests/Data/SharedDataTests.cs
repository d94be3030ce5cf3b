using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Splits;

namespace Dmoerm.Tests.Data;

/// <summary>The real files, read in place where they are; their texts never enter the repository.</summary>
public class SharedDataTests
{
    private static readonly string? Folder = Find();

    [Theory]
    [InlineData("writing/train", "scored-list", 289, 104)]
    [InlineData("translation/train", "scored-list", 553, 506)]
    public void Lists_EqualTexts_AreWhereTheReadmeSays(string file, string format, int rows, int withEqual)
    {
        PreferenceExample[] examples = [.. PreferenceReader.Read(FileOf(file), format, new CategorySource())];
        Assert.Equal(rows, examples.Length);
        Assert.Equal(withEqual, examples.Count(example => example.Responses.DistinctBy(response => response.Text).Count() < example.Responses.Count));
    }

    [Theory]
    [InlineData("argument/train", 6460)]
    [InlineData("argument/dev", 1422)]
    [InlineData("humour/train", 11270)]
    [InlineData("assistant/train", 8776)]
    [InlineData("assistant/best-of-n-dev", 400)]
    [InlineData("best-of-n/alpaca-dev", 162)]
    [InlineData("translation/dev", 132)]
    [InlineData("writing/dev", 84)]
    public void Rows_EveryFile_FitsTheFormatItsFirstRowShows(string file, int rows)
    {
        PreferenceExample[] examples = [.. PreferenceReader.Read(FileOf(file), null, new CategorySource())];
        Assert.Equal(rows, examples.Length);
        Assert.All(examples, example => Assert.NotEmpty(example.Responses));
    }

    [Fact]
    public void Argument_Pairs_BecomeAnExamplePerPosition()
    {
        var source = new CategorySource
        {
            GroupBy = "topic",
            ResampleBy = "responses",
            Capabilities = new Dictionary<string, CapabilitySource> { ["evidence"] = new() { Reasons = ["o8_1", "o6_1"] } },
        };
        var data = CategoryReader.Read("argument", source, [FileOf("argument/train")]);
        Assert.Equal((6460, 18, 586), (data.Report.Rows, data.Report.Examples, data.Report.Responses));
        Assert.Equal(6460, data.Report.Comparisons + data.Report.DroppedComparisons);
        Assert.InRange(data.Report.CapabilityComparisons["evidence"], 1, 6460);
        Assert.Equal(9, UnitKeys.Of(data.Examples, "topic").SelectMany(key => key).Distinct().Count());
    }

    [Fact]
    public void Humour_Pairs_BecomeOneExampleThatSplitsByText()
    {
        var data = CategoryReader.Read("humour", new CategorySource { GroupBy = "responses" }, [FileOf("humour/train")]);
        Assert.Single(data.Examples);
        Assert.Equal((11270, 1128 + 287), (data.Report.Comparisons, data.Report.Ties));
        var result = Partition.Split(data.Examples, "responses", [0.8, 0.2], 1);
        Assert.Equal(11270, result.LeftOut + result.Parts.Sum(part => part[0].Comparisons.Count));
        // 0.8 * 0.2 * 2 = 0.32 of the comparisons are expected to cross.
        Assert.InRange(result.LeftOut / 11270d, 0.28, 0.36);
    }

    [Fact]
    public void Writing_Category_MergesAndComparesCapabilities()
    {
        var source = new CategorySource
        {
            Gap = 0.5,
            Capabilities = new Dictionary<string, CapabilitySource> { ["accuracy"] = new() { Score = "factuality", LowerIsBetter = true, Gap = 0.25 } },
        };
        var data = CategoryReader.Read("how_to", source, [FileOf("writing/train")]);
        Assert.Equal((103, 186), (data.Report.Rows, data.Report.OtherRows.Values.Sum()));
        Assert.True(data.Report.MergedResponses > 0 && data.Report.Comparisons > 0 && data.Report.CapabilityComparisons["accuracy"] > 0);
        Assert.All(data.Examples, example => Assert.Equal(example.Responses.Count, example.Responses.DistinctBy(response => response.Text.Trim()).Count()));
    }

    internal static string FileOf(string name, string ending = ".jsonl.gz")
    {
        Assert.SkipUnless(Folder is not null, "The data beside the repository (../shared/data) is not here.");
        return Path.Combine(Folder!, name + ending);
    }

    private static string? Find()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Dmoerm.slnx")))
        {
            root = root.Parent;
        }

        string?[] candidates = [Environment.GetEnvironmentVariable("DMOERM_SHARED"), root is null ? null : Path.Combine(root.FullName, "..", "shared")];
        return candidates.OfType<string>().Select(shared => Path.Combine(shared, "data")).FirstOrDefault(Directory.Exists);
    }
}
