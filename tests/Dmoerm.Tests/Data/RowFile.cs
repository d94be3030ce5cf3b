using System.IO.Compression;
using System.Text;

namespace Dmoerm.Tests.Data;

/// <summary>A file of rows that lives as long as a test.</summary>
internal sealed class RowFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dmoerm-rows-").FullName;

    private RowFile(byte[] content, string name)
    {
        Path = System.IO.Path.Combine(_folder, name);
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public static RowFile Of(params string[] lines) => new(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), "rows.jsonl");

    public static RowFile OfBytes(byte[] content, string name = "rows.jsonl") => new(content, name);

    public static byte[] Gzip(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return buffer.ToArray();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
