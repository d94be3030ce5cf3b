using System.IO.Compression;
using System.Text.Json;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Where references lie: fixtures of the repository, and the shared folder beside it, which may be absent.</summary>
internal static class ReferenceFolders
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path under the tests' fixtures.</summary>
    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "Dmoerm.Tests", "Fixtures", .. parts]);

    /// <summary>A path in the shared folder (<c>DMOERM_SHARED</c>, or beside the repository); null where it is absent.</summary>
    public static string? Shared(params string[] parts)
    {
        var path = Path.Combine([Environment.GetEnvironmentVariable("DMOERM_SHARED") ?? Path.Combine(Root, "..", "shared"), .. parts]);
        return Path.Exists(path) ? path : null;
    }

    /// <summary>A JSON file.</summary>
    public static JsonElement ReadJson(string path) => JsonElement.Parse(ReadText(path));

    /// <summary>The rows of a JSON Lines file.</summary>
    public static JsonElement[] ReadLines(string path) => [.. ReadText(path).Split('\n').Where(line => line.Length > 0).Select(line => JsonElement.Parse(line))];

    /// <summary>The text of a file that may be packed.</summary>
    public static string ReadText(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        return reader.ReadToEnd();
    }

    /// <summary>A list of whole numbers in a row.</summary>
    public static int[] Ints(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Gives what a function makes of a new folder with one file in it, and deletes the folder.</summary>
    public static T WithFile<T>(string name, string text, Func<string, T> use)
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-parity-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            return use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dmoerm.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No Dmoerm.slnx above the program: run it from the repository.");
        }

        return folder.FullName;
    }
}
