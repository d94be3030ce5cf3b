using System.Text;
using System.Text.Json;
using Dmoerm.Data.Files;

namespace Dmoerm.Tests.Data.Files;

public sealed class FileRowsTests
{
    private const string Two = "{\"a\":1}\n{\"a\":2}\n";

    [Theory]
    [InlineData("rows.jsonl", Two, "line 1:1 line 2:2")]
    [InlineData("rows.txt", Two, "line 1:1 line 2:2")]
    [InlineData("rows.json", Two, "line 1:1 line 2:2")]
    [InlineData("rows.csv", Two, "line 1:1 line 2:2")]
    [InlineData("rows.jsonl", "{\"a\":1}", "line 1:1")]
    [InlineData("rows.json", "{\"a\":1}", "row 1:1")]
    [InlineData("rows.json", "{\n  \"a\": 1\n}\n", "row 1:1")]
    [InlineData("rows.jsonl", "{\n  \"a\": 1\n}\n", "row 1:1")]
    [InlineData("rows.json", "[{\"a\":1},\n {\"a\":2}]\n", "row 1:1 row 2:2")]
    [InlineData("rows", "\uFEFF\r\n [ {\"a\":1} , {\"a\":2} ] ", "row 1:1 row 2:2")]
    [InlineData("rows.json", "{\"version\": 2, \"data\": [{\"a\":1}, {\"a\":2}], \"splits\": [\"x\"]}", "row 1:1 row 2:2")]
    [InlineData("rows.json", "{\"data\": [\n{\"a\":1},\n{\"a\":2}\n]}", "row 1:1 row 2:2")]
    [InlineData("rows.csv", "a,b\n1,x\n\n2,\"y\nz\"\n", "line 2:1 line 4:2")]
    [InlineData("rows.tsv", "a\tb\r\n1\t\"x, \"\"y\"\"\"\r\n2\tz", "line 2:1 line 3:2")]
    [InlineData("rows", "\uFEFFa;b\n1;x\n2;y", "line 2:1 line 3:2")]
    public void Read_ContentDecides_NotTheName(string name, string content, string expected)
    {
        Assert.Equal(expected, Rows(name, Encoding.UTF8.GetBytes(content)));
        Assert.Equal(expected, Rows(name + ".gz", RowFile.Gzip(content)));
        Assert.Equal(expected, Rows(name, RowFile.Gzip(content)));
    }

    [Fact]
    public void Read_PlainTextUnderAGzipName_IsRead() => Assert.Equal("line 1:1 line 2:2", Rows("rows.jsonl.gz", Encoding.UTF8.GetBytes(Two)));

    [Fact]
    public void Read_JsonListInPieces_GivesTheSameRowsAtEverySize()
    {
        // Rows of many lengths, so that the buffer's ends fall everywhere in them.
        string[] texts = [.. Enumerable.Range(0, 300).Select(index => new string((char)('a' + index % 26), index * 37 % 5000) + "\\\"[{]}\u4f60")];
        var list = "[" + string.Join(",\n", texts.Select(text => $$"""{"a":"{{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}}","b":[{"c":[]}]}""")) + "]";
        foreach (var content in new[] { list, $$"""{"rows":{{list}}}""" })
        {
            using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(content), "rows.json");
            Assert.Equal(texts, FileRows.Read(file.Path, _ => false).Select(row => row.Value.GetProperty("a").GetString()!));
        }
    }

    [Fact]
    public void Read_ObjectWithARowsFields_IsARowAndItsListsAreTheRows()
    {
        const string Row = """{"prompt": "p", "turns": [{"a": 1}], "list": [{"a": 2}]}""";
        using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(Row), "rows.json");
        var value = Assert.Single(FileRows.Read(file.Path, name => name == "prompt").Select(row => row.Value.GetRawText()));
        Assert.Equal(Row, value);
    }

    [Fact]
    public void Read_JsonRowLargerThanTheBuffer_IsWhole()
    {
        var text = new string('x', 300_000);
        foreach (var content in new[] { $$"""{"prompt": "{{text}}", "a": 1}""", $$"""[{"a": "{{text}}"}, {"a": 1}]""" })
        {
            using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(content), "rows.json");
            Assert.Equal("1", FileRows.Read(file.Path, name => name == "prompt").Select(row => row.Value.GetProperty("a").GetRawText()).ToList()[^1]);
        }
    }

    [Fact]
    public void Read_LargeList_IsNotReadAheadOfItsRows()
    {
        using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes("{\"rows\": [" + string.Join(',', Enumerable.Range(0, 200_000).Select(number => $$"""{"a":{{number}}}""")) + "]}"), "rows.json");
        using var stream = File.OpenRead(file.Path);
        using var rows = new JsonRows(stream, file.Path, _ => false).Read().GetEnumerator();
        for (var number = 0; number < 10; number++)
        {
            Assert.True(rows.MoveNext());
            Assert.Equal(number, rows.Current.Value.GetProperty("a").GetInt32());
        }

        Assert.InRange(stream.Position, 1, 1 << 17);
    }

    [Theory]
    [InlineData("rows.json", "[{\"a\":1},{\"a\":NaN}]", "row 2: expected a JSON value, came broken JSON: NaN is no JSON number")]
    [InlineData("rows.json", "[{\"a\":1},\n{\"a\":}]", "row 2: expected a JSON value, came broken JSON", "(line 2, byte 6)")]
    [InlineData("rows.json", "[{\"a\":1},{\"a\":2}", "row 3: expected a JSON value, came broken JSON")]
    [InlineData("rows.json", "[{\"a\":1},{\"a\":", "row 2: expected a JSON value, came broken JSON")]
    [InlineData("rows.json", "[{\"a\":1}] x", "row 2: expected a JSON value, came broken JSON", "'x' is invalid after a single JSON value")]
    [InlineData("rows.json", "[]", "expected at least one row, came an empty file")]
    [InlineData("rows.json", "[{\"a\":1,\"a\":2}]", "row 1: expected a JSON value, came broken JSON", "'a'")]
    [InlineData("rows.json", "{\"x\":[{\"a\":1}],\"y\":[{\"a\":1}]}", "expected one list of rows, came two, 'x' and 'y'")]
    [InlineData("rows.jsonl", "{\"a\":", "line 1: expected a JSON value, came broken JSON")]
    [InlineData("rows.csv", "a,b\n1,2,3\n", "line 2: expected 2 cells, as the header has, came 3; a cell that holds a separator must stand in quotes.")]
    [InlineData("rows.csv", "a,b\n1,2\n3,\"open\n4,5\n", "line 3: expected every quote to be closed, came a cell whose quote is still open at the file's end.")]
    [InlineData("rows.csv", "a,a\n1,2\n", "rows.csv: expected a header row with a name of its own over each column, came 'a' again over column 2.")]
    [InlineData("rows.csv", "a,\n1,2\n", "rows.csv: expected a header row with a name of its own over each column, came none over column 2.")]
    [InlineData("rows.csv", "a,b\n", "expected at least one row below the header, came none.")]
    [InlineData("rows.csv", "Dear Sir or Madam\n", "expected JSON lines, JSON, a table with a header row", "none of these")]
    [InlineData("rows.txt", " \n\t\r\n", "expected at least one row, came an empty file.")]
    [InlineData("rows.txt", "", "expected at least one row, came an empty file.")]
    [InlineData("rows.xlsx", "PK\u0003\u0004....", "came a zip archive (unpack it first).")]
    [InlineData("rows.parquet", "PAR1....PAR1", "broken Parquet")]
    public void Read_BrokenFile_SaysWhere(string name, string content, params string[] parts) => AssertFails(name, Encoding.UTF8.GetBytes(content), parts);

    [Fact]
    public void Read_OtherEncodings_AreNamed()
    {
        AssertFails("rows.jsonl", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Two)).ToArray(), "came UTF-16");
        AssertFails("rows.csv", [.. "a,b\n1,2\n3,"u8, 0xFF, (byte)'\n'], "expected UTF-8, came bytes that are none");
        AssertFails("rows.json", [.. "[{\"a\":\""u8, 0xFF, .. "\"}]"u8], "row 1: expected UTF-8");
    }

    [Fact]
    public void Read_Folder_IsNamed()
    {
        var error = Assert.Throws<InvalidDataException>(() => FileRows.Read(Path.GetTempPath(), _ => false).Count());
        Assert.Contains("expected a file of rows, came a folder", error.Message);
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}]")]
    [InlineData("a,b\n1,2\n3,4\n")]
    public void Read_GzipCutAnywhere_IsNamed(string content)
    {
        var whole = RowFile.Gzip(content);
        for (var length = 1; length < whole.Length; length++)
        {
            AssertFails("rows.gz", whole[..length], "broken gzip");
        }
    }

    private static string Rows(string name, byte[] content)
    {
        using var file = RowFile.OfBytes(content, name);
        return string.Join(' ', FileRows.Read(file.Path, _ => false).Select(row => $"{row.Place}:{Text(row.Value.GetProperty("a"))}"));
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static void AssertFails(string name, byte[] content, params string[] parts)
    {
        using var file = RowFile.OfBytes(content, name);
        var error = Assert.Throws<InvalidDataException>(() => FileRows.Read(file.Path, _ => false).Count());
        Assert.All([file.Path, .. parts], part => Assert.Contains(part, error.Message));
    }
}
