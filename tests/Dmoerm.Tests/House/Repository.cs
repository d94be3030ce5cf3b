using System.Diagnostics;

namespace Dmoerm.Tests.House;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    /// <summary>The folder of Dmoerm.slnx. Not by [CallerFilePath]: a CI build maps source paths to /_/.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The files that git tracks, with '/'.</summary>
    public static IReadOnlyList<string> TrackedFiles()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "-c", "core.quotePath=false", "-c", "safe.directory=*", "ls-files"]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("git did not start.");
        var listing = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return listing.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Text of a file of the checkout.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dmoerm.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Dmoerm.slnx above the tests.");
        }

        return folder.FullName;
    }
}
