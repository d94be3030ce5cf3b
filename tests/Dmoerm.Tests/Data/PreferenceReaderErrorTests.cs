using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Tests.Data;

public class PreferenceReaderErrorTests
{
    private const string Good = """{"prompt":"p","chosen":"a","rejected":"b"}""";

    [Theory]
    [InlineData("""{"prompt":"p","chosen":"a"}""", "field 'rejected'", "came nothing")]
    [InlineData("""{"prompt":"p","chosen":null,"rejected":"b"}""", "field 'chosen'", "expected text or a list of messages, came nothing")]
    [InlineData("""{"chosen":"a","rejected":"b"}""", "field 'prompt'", "came nothing")]
    [InlineData("""{"prompt":"p","chosen":7,"rejected":"b"}""", "field 'chosen'", "came 7")]
    [InlineData("""{"prompt":"p","chosen":[],"rejected":"b"}""", "field 'chosen'", "came a list of 0")]
    [InlineData("""{"prompt":[{"role":"user"}],"chosen":"a","rejected":"b"}""", "field 'prompt[0].content'", "expected text, came nothing")]
    [InlineData("""{"prompt":["x"],"chosen":"a","rejected":"b"}""", "field 'prompt[0]'", "expected a JSON object, came text \"x\"")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","votes":[1]}""", "field 'votes'", "came a list of 1")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","votes":[0,0]}""", "field 'votes'", "not both 0")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","votes":["3",1]}""", "field 'votes[0]'", "came text \"3\"")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","reasons":["x",4]}""", "field 'reasons[1]'", "came 4")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":"big"}""", "field 'margin'", "expected a finite number, came text \"big\"")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","category":3}""", "field 'category'", "came 3")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","id":[]}""", "field 'id'", "came a list of 0")]
    [InlineData("""{"prompt":"p","chosen":"\ud800","rejected":"b"}""", "field 'chosen'", "half a surrogate pair")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","\ud800":1}""", "field names", "half a surrogate pair")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","chosen":"c"}""", "broken JSON", "chosen")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":NaN}""", "broken JSON", "NaN is no JSON number")]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b","margin":-Infinity}""", "broken JSON", "Infinity is no JSON number")]
    [InlineData("""{"prompt":"p","chosen":"a",""", "broken JSON", "byte")]
    [InlineData("""["p"]""", "expected a JSON object", "came a list of 1")]
    public void Pairs_BadSecondRow_IsNamed(string row, string place, string reason) => AssertStops("line 2", place, reason, null, Good, row);

    [Theory]
    [InlineData("""{"prompt":"p","responses":[{"text":"a"}]}""", "field 'responses[0].overall'", "expected a number, came nothing")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","overall":"4"}]}""", "field 'responses[0].overall'", "came text \"4\"")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","overall":1e999}]}""", "field 'responses[0].overall'", "came 1e999")]
    [InlineData("""{"prompt":"p","responses":[{"overall":4}]}""", "field 'responses[0].text'", "came nothing")]
    [InlineData("""{"prompt":"p","responses":[]}""", "field 'responses'", "at least one response")]
    [InlineData("""{"prompt":"p","responses":{}}""", "field 'responses'", "expected a list, came an object")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","overall":4,"capabilities":{"style":"NaN"}}]}""", "field 'responses[0].capabilities.style'", "came text \"NaN\"")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","overall":4,"capabilities":[1]}]}""", "field 'responses[0].capabilities'", "expected a JSON object")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","overall":4,"ratings":0}]}""", "field 'responses[0].ratings'", "at least 1")]
    public void ScoredList_BadRow_IsNamed(string row, string place, string reason) => AssertStops("line 1", place, reason, "scored-list", row);

    [Theory]
    [InlineData("""{"i":0,"j":2,"p":1}""", "j'", "a whole number from 0 to 1")]
    [InlineData("""{"i":-1,"j":1,"p":1}""", "i'", "came -1")]
    [InlineData("""{"i":0.5,"j":1,"p":1}""", "i'", "came 0.5")]
    [InlineData("""{"i":1,"j":1,"p":1}""", "j'", "another response than i")]
    [InlineData("""{"i":0,"j":1,"p":1.01}""", "p'", "[0, 1]")]
    [InlineData("""{"i":0,"j":1,"p":-0.1}""", "p'", "[0, 1]")]
    [InlineData("""{"i":0,"j":1}""", "p'", "came nothing")]
    [InlineData("""{"i":0,"j":1,"p":1,"weight":-1}""", "weight'", "at least 0")]
    [InlineData("""{"i":0,"j":1,"p":1,"wieght":1}""", "wieght'", "nearest: 'weight'")]
    public void Own_BadComparison_IsNamed(string comparison, string field, string reason) => AssertStops(
        "line 1",
        "field 'comparisons[0]." + field,
        reason,
        null,
        $$"""{"prompt":"p","responses":[{"text":"a"},{"text":"b"}],"comparisons":[{{comparison}}]}""");

    [Theory]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","scores":1}]}""", "field 'responses[0].scores'", "nearest: 'score'")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a","messages":[]}]}""", "field 'responses[0].text'", "not both")]
    [InlineData("""{"prompt":"p","responses":[{"messages":[]}]}""", "field 'responses[0].messages'", "at least one message")]
    [InlineData("""{"responses":[{"text":"a"}]}""", "field 'prompt'", "came nothing")]
    [InlineData("""{"prompt":"p","responses":[{"text":"a"}],"comparison":[]}""", "field 'comparison'", "nearest: 'comparisons'")]
    [InlineData("""{"prompt":"p","responses":["a"]}""", "field 'responses[0]'", "came text \"a\"")]
    public void Own_BadRow_IsNamed(string row, string place, string reason) => AssertStops("line 1", place, reason, null, row);

    [Theory]
    [InlineData("""{"prompt":"p","best":"a","losers":[]}""", null, "field 'losers'", "at least one text")]
    [InlineData("""{"prompt":"p","best":"a","losers":["b",1]}""", null, "field 'losers[1]'", "came 1")]
    [InlineData("""{"prompt":"p","best":"a"}""", "best-of-n", "field 'losers'", "came nothing")]
    [InlineData("""{"chosen":"a","rejected":"b","tools":[1]}""", null, "field 'tools'", "a list of objects, the tools that the conversation may use")]
    [InlineData("""{"chosen":[{"role":"assistant","content":null,"tool_calls":null}],"rejected":"b"}""", null, "field 'chosen[0].content'", "text")]
    [InlineData("""{"question":"q","answer":"a"}""", null, "known format", "came fields question, answer")]
    public void OtherFormats_BadRow_IsNamed(string row, string? format, string place, string reason) => AssertStops("line 1", place, reason, format, row);

    [Fact]
    public void Read_UnknownFormat_NamesTheNearest() => AssertStops("Format 'pair'", "pairs", "nearest: 'pairs'", "pair", Good);

    [Fact]
    public void Read_EmptyFile_IsAnError()
    {
        AssertStops("rows.jsonl", "at least one row", "empty file", null);
        AssertStops("rows.jsonl", "at least one row", "empty file", null, "", " ");
    }

    [Fact]
    public void Read_BrokenUtf8_NamesTheLine()
    {
        using var file = RowFile.OfBytes([.. Encoding.UTF8.GetBytes(Good + "\n{\"x\":\""), 0xFF, .. Encoding.UTF8.GetBytes("\"}\n")]);
        AssertFails(file.Path, $"{file.Path}, line 2", "expected UTF-8");
    }

    [Fact]
    public void Read_BrokenGzip_IsNamed()
    {
        var whole = RowFile.Gzip(string.Concat(Enumerable.Range(0, 500).Select(row => Good.Replace("\"a\"", $"\"{row * 7919 % 1000}\"") + "\n")));
        byte[] flipped = [.. whole];
        flipped[^6] ^= 1; // the checksum
        foreach (var broken in new[] { flipped, [.. whole, 1, 2, 3] })
        {
            AssertGzip(broken);
        }
    }

    [Fact]
    public void Read_GzipCutAnywhere_IsNamed()
    {
        var whole = RowFile.Gzip(Good + "\n" + Good + "\n");
        for (var length = 0; length < whole.Length; length++)
        {
            AssertGzip(whole[..length], allowEmpty: length == 0);
        }
    }

    private static void AssertStops(string line, string place, string reason, string? format, params string[] rows)
    {
        using var file = RowFile.Of(rows);
        var error = Assert.Throws<InvalidDataException>(() => PreferenceReader.Read(file.Path, format, new CategorySource()).Count());
        Assert.All([line, place, reason], part => Assert.Contains(part, error.Message));
        if (line.StartsWith("line", StringComparison.Ordinal))
        {
            Assert.StartsWith($"{file.Path}, {line}:", error.Message);
        }
    }

    private static void AssertGzip(byte[] broken, bool allowEmpty = false)
    {
        using var file = RowFile.OfBytes(broken, "rows.jsonl.gz");
        AssertFails(file.Path, file.Path, allowEmpty ? "empty file" : "broken gzip");
    }

    private static void AssertFails(string path, params string[] parts)
    {
        var error = Assert.Throws<InvalidDataException>(() => PreferenceReader.Read(path, null, new CategorySource()).Count());
        Assert.All(parts, part => Assert.Contains(part, error.Message));
    }
}
