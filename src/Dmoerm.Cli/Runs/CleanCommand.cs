using System.CommandLine;
using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Training.Runs;

namespace Dmoerm.Cli.Runs;

/// <summary><c>dmoerm clean</c>: frees what a run no longer needs.</summary>
internal static class CleanCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "The folder of a run, as `dmoerm train` made it: runs/NAME." };
        var verb = new Verb(
            "clean",
            "Deletes the caches of a run; its model and report stay.",
            details: """
            Deleted are cache/ (states of the lowest layers) and stages/ (what a run that was stopped goes on from). A run without a model
            starts anew after that. A folder that is no run is left as it is.
            """,
            example: "dmoerm clean runs/debug")
        { run };
        verb.SetAction(parsed => Run(streams, parsed.GetRequiredValue(run).FullName));
        return verb;
    }

    private static int Run(CommandStreams streams, string folder)
    {
        var run = new RunFolder(folder);
        var bytes = run.Clean();
        streams.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{folder}: {bytes:N0} bytes freed.{(run.HasModel ? "" : " The run has no model yet: train starts it anew.")}"));
        return 0;
    }
}
