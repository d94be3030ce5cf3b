using Dmoerm.Data;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Splits;

namespace Dmoerm.Tests.Data;

/// <summary>Splitting in a stream against splitting in memory.</summary>
public sealed class FileSplitTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("prompt", 1)]
    [InlineData("prompt", 7)]
    [InlineData("responses", 1)]
    [InlineData("topic", 3)]
    public void Plan_SameUnitsAndSeed_AreThePartsOfPartition(string groupBy, long seed)
    {
        var path = Write(Rows());
        var expected = Partition.Split([.. PreferenceReader.Read(path, null, new CategorySource())], groupBy, [0.6, 0.4], seed);
        var split = FileSplit.Plan([path], null, groupBy, [0.6, 0.4], seed, TestContext.Current.CancellationToken);
        var lines = split.Lines().ToArray();

        Assert.Equal(expected.Units, split.Units);
        Assert.Equal(expected.LeftOut, split.LeftOut);
        foreach (var part in new[] { 0, 1 })
        {
            var written = Write(lines.Where(line => line.Part == part).Select(line => line.Line));
            Assert.Equal(expected.Parts[part].Select(PreferenceWriter.ToJson), PreferenceReader.Read(written, null, new CategorySource()).Select(PreferenceWriter.ToJson));
            Assert.Equal((expected.Parts[part].Count, expected.Parts[part].Sum(example => (long)example.Comparisons.Count)), (split.Rows[part], split.Comparisons[part]));
        }
    }

    [Fact]
    public void Lines_PromptsAreUnits_AreTheLinesOfTheFile()
    {
        var pairs = Enumerable.Range(0, 40).Select(index => $$"""{"prompt": "p{{index}}", "chosen": "a",   "rejected": "b", "extra": [{{index}}]}""").ToArray();
        var split = FileSplit.Plan([Write(pairs)], null, "prompt", [1, 1], 1, TestContext.Current.CancellationToken);

        Assert.Equal(pairs.Order(StringComparer.Ordinal), split.Lines().Select(line => line.Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Plan_TooFewUnits_NamesTheAlternatives()
    {
        var path = Write(["""{"prompt": "p", "chosen": "a", "rejected": "b"}"""]);
        var error = Assert.Throws<InvalidDataException>(() => FileSplit.Plan([path], null, "prompt", [1, 1], 1, TestContext.Current.CancellationToken));
        Assert.Contains("responses", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckFilled_PartWithoutComparison_Fails()
    {
        var split = FileSplit.Plan([Write(["""{"prompt": "p", "chosen": "a", "rejected": "b"}"""])], null, "responses", [1, 1], 1, TestContext.Current.CancellationToken);
        Assert.Empty(split.Lines());
        Assert.Equal(1, split.DroppedRows);
        Assert.Throws<InvalidDataException>(split.CheckFilled);
    }

    // 40 prompts, the last ten nearly the same as earlier ones; texts stand under several prompts.
    private static IEnumerable<string> Rows()
    {
        var random = new Random(5);
        for (var row = 0; row < 40; row++)
        {
            var words = new Random(row % 30);
            var prompt = string.Join(' ', Enumerable.Range(0, 30).Select(_ => $"w{words.Next(1000)}")) + (row >= 30 ? " please" : "");
            yield return $$"""{"id": "r{{row}}", "prompt": "{{prompt}}", "topic": "t{{row % 9}}", "responses": [{"text": "a{{random.Next(8)}} {{row}}"}, {"text": "b{{random.Next(12)}}"}, {"text": "c{{random.Next(12)}}"}], "comparisons": [{"i": 0, "j": 1, "p": 1}, {"i": 2, "j": 1, "p": 0.5}]}""";
        }
    }

    private string Write(IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.jsonl");
        File.WriteAllLines(path, lines);
        return path;
    }
}
