using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Files;
using Dmoerm.Tests.House;
using Parquet;
using Parquet.Serialization;

namespace Dmoerm.Tests.Data.Files;

public sealed class ParquetRowsTests
{
    private static readonly string Arrow = Path.Combine(Repository.Root, "tests", "Dmoerm.Tests", "Fixtures", "rows", "arrow.parquet");

    [Fact]
    public void Read_FileOfArrowsWriter_GivesTheRowsThatWereWritten()
    {
        // The values stand in arrow.parquet.txt, the program that wrote the file: two row groups, nulls and empty lists at every level.
        string[] rows =
        [
            """{"prompt":"Name a prime.","chosen":[{"role":"assistant","content":"7"}],"rejected":[{"role":"assistant","content":"8"}],"ranks":[1,null,2.5],"label":true,"n":1,"f":0.1,"history":[["q","a"],[]]}""",
            """{"prompt":"Name a bird.","chosen":[{"role":"assistant","content":"A wren."},{"role":"user","content":"more?"},{"role":"assistant","content":"A robin."}],"rejected":[null,{"role":"assistant","content":null}],"ranks":[],"label":false,"n":-2,"f":2,"history":null}""",
            """{"prompt":null,"chosen":[],"rejected":null,"ranks":null,"label":null,"n":null,"f":-1.5,"history":[["q2",null]]}""",
            """{"prompt":"Grüße, 世界","chosen":[{"role":"assistant","content":"x"}],"rejected":[{"role":"assistant","content":"y"}],"ranks":[3,"NaN"],"label":true,"n":9007199254740992,"f":null,"history":[]}""",
        ];
        foreach (var (row, expected) in FileRows.Read(Arrow, _ => false).Select(row => JsonElement.Parse(row.Value.GetRawText())).Zip(rows))
        {
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), row), $"expected {expected}, came {row}");
        }

        Assert.Equal(["row 1", "row 2", "row 3", "row 4"], FileRows.Read(Arrow, _ => false).Select(row => row.Place));
    }

    [Fact]
    public async Task Read_MapsRequiredFieldsAndManyRowGroups_AreJson()
    {
        var path = Path.Combine(TestFolders.Temporary(), "rows.parquet");
        try
        {
            var items = Enumerable.Range(0, 10).Select(number => new Item { Id = number, Tags = number % 3 == 0 ? [] : ["a", $"b{number}"], Marks = new() { ["x"] = number }, Rate = number / 4m, Nested = new() { Values = [number] } });
            await ParquetSerializer.SerializeAsync(items, path, new ParquetOptions { RowGroupSize = 3 }, cancellationToken: TestContext.Current.CancellationToken);
            string[] rows = [.. FileRows.Read(path, _ => false).Select(row => row.Value.GetRawText())];
            Assert.Equal(10, rows.Length);
            Assert.Equal("""{"Id":0,"Tags":[],"Marks":[{"key":"x","value":0}],"Rate":0,"Nested":{"Values":[0]}}""", rows[0]);
            Assert.Equal("""{"Id":7,"Tags":["a","b7"],"Marks":[{"key":"x","value":7}],"Rate":1.75,"Nested":{"Values":[7]}}""", rows[7]);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Read_PreferencePairsOfParquet_AreExamples()
    {
        PreferenceExample[] examples = [.. PreferenceReader.Read(Arrow, "pairs", new CategorySource()).Take(1)];
        Assert.Equal(("Name a prime.", "7", "8", "arrow.parquet:1"), (examples[0].Prompt[0].Content, examples[0].Responses[0].Text, examples[0].Responses[1].Text, examples[0].Id));
        var error = Assert.Throws<InvalidDataException>(() => PreferenceReader.Read(Arrow, "pairs", new CategorySource()).Count());
        Assert.Contains("arrow.parquet, row 2: field 'rejected[0]': expected a JSON object, came null", error.Message);
    }

    [Fact]
    public void Read_FileCutOrChanged_IsBrokenParquet()
    {
        var whole = File.ReadAllBytes(Arrow);
        foreach (var length in new[] { 4, 8, 100, whole.Length / 2, whole.Length - 1 })
        {
            AssertBroken(whole[..length]);
        }

        // A byte changed anywhere gives rows or this error, and nothing else; the format has no checksum that would tell.
        var random = new Random(1);
        for (var draw = 0; draw < 300; draw++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            using var file = RowFile.OfBytes(changed, "rows.parquet");
            try
            {
                _ = FileRows.Read(file.Path, _ => false).Count();
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static void AssertBroken(byte[] bytes)
    {
        using var file = RowFile.OfBytes(bytes, "rows.parquet");
        var error = Assert.Throws<InvalidDataException>(() => FileRows.Read(file.Path, _ => false).Count());
        Assert.Contains($"{file.Path}: broken Parquet", error.Message);
    }

    private sealed class Item
    {
        public int Id { get; set; }

        public List<string> Tags { get; set; } = [];

        public Dictionary<string, int> Marks { get; set; } = [];

        public decimal Rate { get; set; }

        public Inner Nested { get; set; } = new();
    }

    private sealed class Inner
    {
        public int[] Values { get; set; } = [];
    }
}
