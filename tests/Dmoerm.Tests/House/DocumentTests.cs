using System.Text.RegularExpressions;

namespace Dmoerm.Tests.House;

/// <summary>Documents are executed: what they say of the tree is compared with the tree.</summary>
public sealed partial class DocumentTests
{
    private const string TestFolder = "tests/Dmoerm.Tests/";

    [Fact]
    public void ReadmeTree_IsTheTrackedTree()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Repository.Root, ".git")), "This is no git checkout.");
        var readme = Repository.Read("README.md");
        var map = readme[readme.IndexOf("## The tree", StringComparison.Ordinal)..];
        map = map[..map.IndexOf("\n## ", 3, StringComparison.Ordinal)];
        var listed = TreeRow().Matches(map).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(FoldersWithFiles(), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("dotnet run -c Release --project src/Dmoerm.Cli -- demo")]
    [InlineData("dotnet test")]
    public void Readme_HasItsTwoCommandsOnTheFirstScreen(string command) =>
        Assert.Contains(command, Repository.Read("README.md").Split('\n').Take(25));

    [Fact]
    public void CiRun_CallsTheReadmesTestCommand()
    {
        var script = Repository.Read(".ci/run");

        Assert.Contains("\ndotnet test 2>&1 | tee", script, StringComparison.Ordinal);
        Assert.Equal(1, script.Split("\ndotnet test").Length - 1);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/formats.md")]
    [InlineData("docs/benchmarks.md")]
    [InlineData("docs/sources.md")]
    [InlineData("docs/guide.md")]
    [InlineData("docs/log.md")]
    [InlineData("docs/results.md")]
    public void Links_LeadToFilesThatExist(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;

        Assert.All(
            Link().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)),
            link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{document} links to {link}, which does not exist."));
    }

    [Fact]
    public void Architecture_GivesTheTestedStageOrder()
    {
        var text = Repository.Read("docs/architecture.md");
        var order = text[text.IndexOf("**Stage order**", StringComparison.Ordinal)..];
        var places = StageOrder.Stages.Select(stage => order.IndexOf(stage, StringComparison.Ordinal)).ToList();

        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void TrackedText_NamesNoMachineAndNoRegistry()
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(Repository.Root, ".git")), "This is no git checkout.");
        var found = Repository.TrackedFiles()
            .Where(file => File.Exists(Path.Combine(Repository.Root, file)))
            .Where(file => !IsBinary(file))
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file))
                .Select((line, number) => (File: file, Number: number + 1, Match: PrivatePlace().Match(line))))
            .Where(hit => hit.Match.Success)
            .Select(hit => $"{hit.File}:{hit.Number}: {hit.Match.Value}");

        Assert.Empty(found);
    }

    // The tests mirror the library: one row for all of them.
    private static IOrderedEnumerable<string> FoldersWithFiles() => Repository.TrackedFiles()
        .Where(file => file.Contains('/'))
        .Select(file => file.StartsWith(TestFolder, StringComparison.Ordinal) ? TestFolder[..^1] : file[..file.LastIndexOf('/')])
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static bool IsBinary(string file) => file.EndsWith(".safetensors", StringComparison.Ordinal) || file.EndsWith(".gz", StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex TreeRow();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();

    // A single-letter class hides the words from this very file.
    [GeneratedRegex(@"(?<![\w.])/[w]ork/|(?<!\w)/[r]oot/|/[t]mp/bash_jobs|api\.[n]uget\.org|[n]uget\.org/v3|registry\.[n]pmjs|[p]ypi\.org|deb\.[d]ebian\.org")]
    private static partial Regex PrivatePlace();
}
