using System.Text;
using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Tests.Data;

public class PreferenceReaderTests
{
    private static readonly CategorySource Plain = new();

    [Fact]
    public void Own_AllFields_AreRead()
    {
        var example = One(
            """{"id":"a7","category":"mail","topic":"cats","prompt":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}],"responses":[{"text":"x","model":"m1","score":2,"capabilities":{"tone":3},"ratings":4},{"messages":[{"role":"assistant","content":"y"},{"role":"user","content":"?"},{"role":"assistant","content":"z"}]}],"comparisons":[{"i":1,"j":0,"p":0.25,"margin":1.5,"weight":2},{"i":0,"j":1,"p":1,"capability":"tone"},{"i":0,"j":1,"p":1,"capability":"unasked"}]}""",
            Named("tone"));
        Assert.Equal(("a7", "mail", "cats"), (example.Id, example.Category, example.Fields["topic"]));
        Assert.Equal([new Message("system", "Be kind."), Message.User("Hi")], example.Prompt);
        Assert.Equal(("x", "m1", 2d, 3d, 4d), (example.Responses[0].Text, example.Responses[0].Model, example.Responses[0].Score, example.Responses[0].Capabilities["tone"], example.Responses[0].Ratings));
        Assert.Equal("y\n?\nz", example.Responses[1].Text);
        Assert.Equal([new Comparison(1, 0, 0.25, Margin: 1.5, Weight: 2), new Comparison(0, 1, 1, "tone")], example.Comparisons);
    }

    [Fact]
    public void Own_StatedSubject_SilencesItsScoresAlone()
    {
        // Scores say that 0 is better in both subjects; the row states the opposite for tone only.
        var example = One(
            """{"prompt":"p","responses":[{"text":"x","score":2,"capabilities":{"tone":3}},{"text":"y","score":1,"capabilities":{"tone":1}}],"comparisons":[{"i":1,"j":0,"p":1,"capability":"tone"}]}""",
            Named("tone"));
        Assert.Equal([new Comparison(1, 0, 1, "tone"), new Comparison(0, 1, 1)], example.Comparisons);
    }

    [Fact]
    public void ScoredList_Gap_CountsDifferencesFromItUpwards()
    {
        // Scores 3, 1, 2.5, 3 with gap 0.5: 0-1, 0-2, 1-2, 1-3, 2-3 differ by 2, 0.5, 1.5, 2, 0.5; 0-3 are equal.
        const string Row = """{"prompt":"p","responses":[{"text":"a","overall":3},{"text":"b","overall":1},{"text":"c","overall":2.5},{"text":"d","overall":3}]}""";
        var half = One(Row, Plain with { Gap = 0.5 });
        Assert.Equal([new(0, 1, 1), new(0, 2, 1), new(1, 2, 0), new(1, 3, 0), new(2, 3, 0)], half.Comparisons);
        Assert.Equal([new Comparison(0, 1, 1), new Comparison(1, 3, 0)], One(Row, Plain with { Gap = 1.6 }).Comparisons);
        Assert.Equal(5, One(Row, Plain).Comparisons.Count);
    }

    [Fact]
    public void ScoredList_GapThatRoundingMisses_IsReached()
    {
        // 0.3 - 0.1 is 0.19999999999999998 in float64.
        var example = One("""{"prompt":"p","responses":[{"text":"a","overall":0.3},{"text":"b","overall":0.1}]}""", Plain with { Gap = 0.2 });
        Assert.Equal([new Comparison(0, 1, 1)], example.Comparisons);
    }

    [Fact]
    public void ScoredList_Capabilities_HaveTheirOwnFieldSignAndGap()
    {
        var source = Plain with
        {
            Gap = 10,
            Capabilities = new Dictionary<string, CapabilitySource>
            {
                ["accuracy"] = new() { Score = "errors", LowerIsBetter = true },
                ["style"] = new() { Gap = 2 },
            },
        };
        var example = One(
            """{"prompt":"p","responses":[{"text":"a","overall":3,"capabilities":{"errors":0.5,"style":1},"unbiased":2},{"text":"b","overall":1,"capabilities":{"errors":0,"style":2,"other":1}},{"text":"c","overall":null,"capabilities":{"errors":null,"style":3}}]}""",
            source);
        Assert.Equal([new Comparison(0, 1, 0, "accuracy"), new Comparison(0, 2, 0, "style")], example.Comparisons);
        Assert.Equal([-0.5, 0], example.Responses.Take(2).Select(response => response.Capabilities["accuracy"]));
        Assert.Null(example.Responses[2].Score);
        Assert.Equal(["style"], example.Responses[2].Capabilities.Keys);
    }

    [Fact]
    public void ScoredList_WinRate_IsAScore()
    {
        var example = One("""{"id":12,"category":null,"prompt":"p","responses":[{"text":"a","win_rate":3.5},{"text":"b","win_rate":8}]}""", Plain);
        Assert.Equal([new Comparison(0, 1, 0)], example.Comparisons);
        Assert.Equal(("12", null), (example.Id, example.Category));
    }

    [Theory]
    [InlineData("""[3,1]""", 0.75)]
    [InlineData("""[2,2]""", 0.5)]
    [InlineData("""[0,4]""", 0)]
    [InlineData("null", 1)]
    public void Pairs_Votes_GiveTheProbability(string votes, double p)
    {
        var example = One($$"""{"prompt":"p","chosen":"a","rejected":"b","votes":{{votes}}}""", Plain);
        Assert.Equal([new Comparison(0, 1, p)], example.Comparisons);
        Assert.Equal(["a", "b"], example.Responses.Select(response => response.Text));
    }

    [Fact]
    public void Pairs_Reasons_SpeakForTheChosenInTheirCapability()
    {
        var source = Plain with
        {
            Capabilities = new Dictionary<string, CapabilitySource>
            {
                ["evidence"] = new() { Reasons = ["o8_1", "o6_1"] },
                ["clarity"] = new() { Reasons = ["o9_1"] },
                ["civility"] = new() { Reasons = ["o5_1"] },
            },
        };
        var example = One("""{"prompt":"p","chosen":"a","rejected":"b","votes":[1,3],"reasons":["o9_1","o8_1","o6_1"],"margin":2,"stance":"for","chosen_model":"m"}""", source);
        Assert.Equal([new Comparison(0, 1, 0.25, Margin: 2), new Comparison(0, 1, 1, "evidence"), new Comparison(0, 1, 1, "clarity")], example.Comparisons);
        Assert.Equal("for", Assert.Single(example.Fields).Value);
        Assert.Equal("m", example.Responses[0].Model);
    }

    [Theory]
    [InlineData("""{"prompt":"The sky is","chosen":" blue.","rejected":" green.","margin":0.5}""", "user:The sky is", "assistant: blue.", "assistant: green.")]
    [InlineData("""{"chosen":"The sky is blue.","rejected":"The sky is green."}""", "", "assistant:The sky is blue.", "assistant:The sky is green.")]
    [InlineData("""{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]}""", "user:Q", "assistant:A", "assistant:B")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}""", "user:Q", "assistant:A", "assistant:B")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"R"},{"role":"assistant","content":"S"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}""", "user:Q", "assistant:A|user:R|assistant:S", "assistant:B")]
    [InlineData("""{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""", "user:Q", "assistant:A", "assistant:A")]
    public void Trl_EveryShape_SplitsPromptFromResponses(string row, string prompt, string chosen, string rejected)
    {
        foreach (var format in new[] { null, "trl" })
        {
            var example = One(row, Plain, format);
            Assert.Equal([prompt, chosen, rejected], [Turns(example.Prompt), .. example.Responses.Select(response => Turns(response.Messages))]);
            Assert.Equal([new Comparison(0, 1, 1, Margin: row.Contains("margin") ? 0.5 : null)], example.Comparisons);
        }
    }

    [Fact]
    public void BestOfN_Best_BeatsEachLoser()
    {
        var example = One("""{"prompt":"p","best":"a","losers":["b","c"]}""", Plain);
        Assert.Equal(["a", "b", "c"], example.Responses.Select(response => response.Text));
        Assert.Equal([new Comparison(0, 1, 1), new Comparison(0, 2, 1)], example.Comparisons);
    }

    [Fact]
    public void Read_GzipMarkAndBlankLines_GiveTheSameRows()
    {
        const string Rows = "\uFEFF{\"prompt\":\"p\",\"chosen\":\"\u4f60\",\"rejected\":\"b\"}\r\n\n{\"id\":\"x\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}";
        using var plain = RowFile.OfBytes(Encoding.UTF8.GetBytes(Rows));
        using var zipped = RowFile.OfBytes(RowFile.Gzip(Rows), "rows.jsonl.gz");
        foreach (var path in new[] { plain.Path, zipped.Path })
        {
            PreferenceExample[] examples = [.. PreferenceReader.Read(path, null, Plain)];
            Assert.Equal([$"{Path.GetFileName(path)}:1", "x"], examples.Select(example => example.Id));
            Assert.Equal([$"{path}, line 1", $"{path}, line 3"], examples.Select(example => example.Origin));
            Assert.Equal("\u4f60", examples[0].Responses[0].Text);
        }
    }

    [Fact]
    public void Read_GzipOfSeveralMembers_IsOneFile()
    {
        // Members of many sizes, so that their ends fall everywhere in the decompressor's buffers.
        var rows = Enumerable.Range(0, 300).Select(row => $$"""{"prompt":"p","chosen":"{{Noise(row * 97)}}","rejected":"b"}""").ToArray();
        using var file = RowFile.OfBytes([.. rows.SelectMany(row => RowFile.Gzip(row + "\n"))], "rows.jsonl.gz");
        Assert.Equal(300, PreferenceReader.Read(file.Path, null, Plain).Count());
        foreach (var row in rows.Where((_, index) => index % 10 == 0))
        {
            using var single = RowFile.OfBytes(RowFile.Gzip(row), "rows.jsonl.gz");
            Assert.Single(PreferenceReader.Read(single.Path, null, Plain));
        }
    }

    [Fact]
    public void Read_RowsLongerThanTheBuffer_AreWhole()
    {
        // The reader's first buffer holds 65,536 bytes.
        string[] texts = [.. Enumerable.Range(0, 5).Select(index => new string((char)('a' + index), 50_000 * index))];
        using var file = RowFile.Of([.. texts.Select(text => $$"""{"prompt":"p","chosen":"{{text}}","rejected":""}""")]);
        Assert.Equal(texts, PreferenceReader.Read(file.Path, null, Plain).Select(example => example.Responses[0].Text));
    }

    [Fact]
    public void FromJson_NoId_TakesTheOrigin()
    {
        using var row = JsonDocument.Parse("""{"prompt":"p","chosen":"a","rejected":"b"}""");
        var example = PreferenceReader.FromJson(row.RootElement, "input, line 7", null, Plain);
        Assert.Equal(("input, line 7", "input, line 7"), (example.Id, example.Origin));
    }

    // Letters that gzip cannot shorten much.
    private static string Noise(int length)
    {
        var random = new Random(length);
        return string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next('a', 'z' + 1)));
    }

    private static CategorySource Named(string capability) =>
        Plain with { Capabilities = new Dictionary<string, CapabilitySource> { [capability] = new() } };

    private static PreferenceExample One(string row, CategorySource source, string? format = null)
    {
        using var file = RowFile.Of(row);
        return Assert.Single(PreferenceReader.Read(file.Path, format, source));
    }

    private static string Turns(IReadOnlyList<Message> turns) => string.Join('|', turns.Select(turn => $"{turn.Role}:{turn.Content}"));
}
