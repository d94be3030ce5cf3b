using System.CommandLine;
using System.Globalization;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Cli.Runs;
using Dmoerm.Cli.Terminal;
using Dmoerm.Training.Runs;

namespace Dmoerm.Cli.Demo;

/// <summary><c>dmoerm demo</c>: the whole flow on a planted world, from nothing.</summary>
internal static class DemoCommand
{
    private const string WorldName = "world";

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var control = new Option<bool>("--control") { Description = "A world without flipped labels and without conflict between categories, where experts should win little." };
        var seed = new Option<int>("--seed") { Description = "Another seed, another world.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Folder for world and model; by default runs/demo here. An earlier demo in it is replaced.", HelpName = "DIR" };
        var verb = new Verb(
            "demo",
            "Shows the whole flow in about two minutes, from nothing.",
            details: """
            It makes a small world of English texts in which it is known what is good, trains a tiny backbone on the spot, runs the three phases
            on noisy labels, compares the result with simpler models on fresh prompts, and explains a few scores.
            World, recipe and model stay in the folder for you to look at and play with.
            """,
            example: "dmoerm demo\ndmoerm demo --control")
        { control, seed, output };
        verb.SetAction(parsed => Run(streams, parsed.GetValue(control), parsed.GetValue(seed), parsed.GetValue(output)?.FullName));
        return verb;
    }

    private static int Run(CommandStreams streams, bool control, int seed, string? output)
    {
        var name = control ? "demo-control" : "demo";
        var folder = output ?? Path.GetFullPath(Path.Combine("runs", name));
        Clear(folder);
        // The demo's tensors are so small that a second thread costs more than it brings.
        set_num_threads(1);
        var settings = control ? WorldSettings.Control : new WorldSettings();
        var world = PlantedWorld.Grow(settings, new Random(seed));
        DemoText.Introduce(world, settings, streams.Out);
        var (recipe, report) = ProgressDisplay.Run(streams, display =>
        {
            var written = new DemoWorldFolder(Path.Combine(folder, WorldName), name).Write(
                world, settings, seed, step => display.Report("backbone", step.Step, step.Steps, string.Create(CultureInfo.InvariantCulture, $"loss {step.Loss:0.00}")));
            var run = new TrainingRun(written, Path.Combine(folder, WorldName), Path.Combine(folder, "run"))
            {
                Progress = step => display.Report(step.Stage, 100 * step.Share, 100, step.Detail),
                Cancellation = streams.Stopped,
            };
            return (written, run.Run());
        });
        TrainTable.Write(report, streams.Out, "the gold reward");
        DemoText.Calibration(settings, streams.Out);
        DemoText.Sizes(world, recipe, DemoWorldFolder.Decoder, streams.Out);
        var model = Path.Combine(folder, "run", TrainingRun.ModelName);
        using (var loaded = RewardModel.Load(model))
        {
            DemoText.Explain(world, loaded, streams.Out);
        }

        DemoText.GoOn(model, Path.Combine(folder, WorldName), streams.Out);
        return 0;
    }

    // Only what an earlier demo wrote is removed.
    private static void Clear(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var foreign = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(entry => entry is not (WorldName or "run"));
        if (foreign is not null)
        {
            throw new InvalidDataException($"{folder} holds {foreign}, which no demo wrote: choose another folder with --out.");
        }

        Directory.Delete(folder, recursive: true);
    }
}
