using System.Text.Json;

namespace Dmoerm.Tests;

/// <summary>Where tests find their files: fixtures of the repository, and reference material beside it that may be absent.</summary>
internal static class TestFolders
{
    private static readonly string Own = Directory.CreateTempSubdirectory("dmoerm-tests-").FullName;

    static TestFolders() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Own, recursive: true);

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path under <c>Fixtures</c>.</summary>
    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "Dmoerm.Tests", "Fixtures", .. parts]);

    /// <summary>A path in the shared folder beside the repository (or in <c>DMOERM_SHARED</c>); skips the test where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        var shared = Environment.GetEnvironmentVariable("DMOERM_SHARED") ?? Path.Combine(Root, "..", "shared");
        var path = Path.GetFullPath(Path.Combine([shared, .. parts]));
        Assert.SkipUnless(Path.Exists(path), $"Needs {string.Join('/', parts)} of the shared folder, which is not here.");
        return path;
    }

    /// <summary>The rows of a JSON Lines file.</summary>
    public static JsonElement[] ReadLines(string path) =>
        [.. File.ReadAllText(path).Split('\n').Where(line => line.Length > 0).Select(line => JsonElement.Parse(line))];

    /// <summary>An empty folder under the system's temporary one, gone when the tests end.</summary>
    public static string Temporary() => Directory.CreateDirectory(Path.Combine(Own, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Copies a folder and what is below it.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="target">Where its files go; made where it is absent.</param>
    /// <returns>The target.</returns>
    public static string Copy(string source, string target)
    {
        foreach (var path in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return target;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dmoerm.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No Dmoerm.slnx above the test assembly.");
        }

        return folder.FullName;
    }
}
