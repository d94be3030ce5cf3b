using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dmoerm.Cli;

namespace Dmoerm.Tests.Cli;

/// <summary>docs/guide.md followed word by word: its commands in an empty folder, in one shell, as processes; what they print is what it shows.</summary>
public sealed partial class GuideTests : IDisposable
{
    private const string Mark = "@@@@ ";
    private static readonly string[] Measured = ["train ", "eval ", "score "];
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Guide_EveryCommand_RunsAndPrintsWhatIsShown()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "Runs the guide's commands in bash.");
        var guide = File.ReadAllText(Path.Combine(TestFolders.Root, "docs", "guide.md"));
        var steps = Steps(guide);
        Assert.True(steps.Count >= 8, "The guide's commands were not found.");
        var outputs = await RunAll(Setup(guide), steps);
        foreach (var ((command, shown), output) in steps.Zip(outputs))
        {
            var measured = Array.Exists(Measured, verb => command.Contains($"dmoerm {verb}", StringComparison.Ordinal));
            AssertShown(Normal(shown, measured), Normal(output, measured), command);
        }
    }

    // Blocks of console: a command after "$ ", then what it prints.
    private static List<(string Command, string Shown)> Steps(string guide)
    {
        var steps = new List<(string Command, string Shown)>();
        foreach (Match block in ConsoleBlock().Matches(guide))
        {
            foreach (var step in ("\n" + block.Groups[1].Value).Split("\n$ ", StringSplitOptions.RemoveEmptyEntries))
            {
                var end = step.IndexOf('\n', StringComparison.Ordinal);
                steps.Add((step[..end], step[(end + 1)..]));
            }
        }

        return steps;
    }

    // The first block as it stands, but for the build: what is tested was built already, perhaps in another configuration.
    private static string Setup(string guide)
    {
        var setup = SetupBlock().Match(guide).Groups[1].Value;
        const string Build = "dotnet build -c Release src/Dmoerm.Cli\n";
        const string Assembly = "\"$DMOERM/artifacts/bin/Dmoerm.Cli/release/Dmoerm.Cli.dll\"";
        Assert.Contains(Build, setup, StringComparison.Ordinal);
        Assert.Contains(Assembly, setup, StringComparison.Ordinal);
        return setup.Replace(Build, "", StringComparison.Ordinal).Replace(Assembly, $"'{typeof(DmoermCommand).Assembly.Location}'", StringComparison.Ordinal)
            .Replace("../ten-minutes", "\"$FOLDER\"/ten-minutes", StringComparison.Ordinal);
    }

    private async Task<string[]> RunAll(string setup, List<(string Command, string Shown)> steps)
    {
        var script = new StringBuilder("set -eo pipefail\n").Append(setup);
        foreach (var (command, _) in steps)
        {
            script.Append(CultureInfo.InvariantCulture, $"echo '{Mark}'\n{command}\n");
        }

        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script.ToString()])
        {
            WorkingDirectory = TestFolders.Root,
            Environment = { ["FOLDER"] = _folder },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        Assert.True(bash.ExitCode == 0, $"{await output}\n{await error}");
        return (await output).Split(Mark + "\n")[1..];
    }

    // A line of three dots stands for any lines.
    private static void AssertShown(string shown, string output, string command)
    {
        var pattern = string.Join(@".*", shown.Split("\n...\n").Select(Regex.Escape));
        Assert.True(Regex.IsMatch(output, $"^{pattern}$", RegexOptions.Singleline), $"$ {command}\nThe guide shows:\n{shown}\nIt printed:\n{output}");
    }

    // Figures of training differ from processor to processor, and with them the width of columns.
    private static string Normal(string text, bool measured)
    {
        text = "\n" + text.Trim('\n') + "\n";
        return measured ? Blanks().Replace(Figure().Replace(text, "#"), " ") : text;
    }

    [GeneratedRegex(@"```console\n(\$ .*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SetupBlock();

    [GeneratedRegex(@"[+-]?\d+(\.\d+)?(E-?\d+)?")]
    private static partial Regex Figure();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
