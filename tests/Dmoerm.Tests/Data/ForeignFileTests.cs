using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Tests.Data;

public sealed class ForeignFileTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", ", line 1: not valid JSON: ")]
    [InlineData("{\n\"a\": NaN}", ", line 2: not valid JSON: ")]
    [InlineData("null", ": expected an object, came Null.")]
    [InlineData("[]", ": expected an object, came Array.")]
    [InlineData("{\"a\": 1, \"a\": 2}", "not valid JSON: Duplicate property 'a'")]
    [InlineData("{\"a\": [{\"b\": \"\\ud800\"}]}", ": field 'a[0].b': the text is no valid Unicode")]
    [InlineData("{\"a\": {\"\\uDC00\": 1}}", "is no valid Unicode")]
    public void Object_ThatIsNone_SaysFileAndPlace(string text, string expected)
    {
        var path = Write(Encoding.UTF8.GetBytes(text));
        var error = Assert.Throws<InvalidDataException>(() => ForeignFile.Object(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Object_WithWholePairs_IsRead() =>
        Assert.Equal("\U0001F600", ForeignFile.Object(Write("{\"a\": \"\\ud83d\\ude00\"}"u8.ToArray())).GetProperty("a").GetString());

    [Fact]
    public void Object_ThatIsDeep_IsRefused()
    {
        var path = Write(Encoding.UTF8.GetBytes(new string('[', 100_000)));
        Assert.Contains("not valid JSON", Assert.Throws<InvalidDataException>(() => ForeignFile.Object(path)).Message);
    }

    [Fact]
    public void Bytes_ThatAreNoText_AreRefused()
    {
        Assert.Contains("expected UTF-8", Assert.Throws<InvalidDataException>(() => ForeignFile.Object(Write([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']))).Message);
        Assert.Contains("expected UTF-8", Assert.Throws<InvalidDataException>(() => ForeignFile.Text(Write([0xFF, 0xFE, 65, 0]))).Message);
        Assert.Contains("byte order mark", Assert.Throws<InvalidDataException>(() => ForeignFile.Text(Write([0xEF, 0xBB, 0xBF, 65]))).Message);
    }

    private string Write(byte[] bytes)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():n}.json");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
