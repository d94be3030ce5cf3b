using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Artefacts;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Inspecting;

/// <summary><c>dmoerm inspect</c>: what a folder holds.</summary>
internal static class InspectCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var model = new Argument<string>("MODEL") { Description = "Folder of a trained model, or any Hugging Face folder, OpenRLHF model or PEFT adapter; or, where there is no such folder, a model of the hub: org/name[@revision]." };
        var onBase = new Option<string?>("--base") { Description = "For a PEFT adapter: the folder that it sits on. Default: what the adapter names, where that is a folder.", HelpName = "FOLDER" };
        var verify = new Option<bool>("--verify") { Description = "Read everything and compare every hash; name each file that is missing, changed or unknown." };
        var json = new Option<bool>("--json") { Description = "Print what is known as JSON." };
        var verb = new Verb(
            "inspect",
            "Shows what a model is made of: data, agreement with people, sizes, hashes.",
            details: """
            Without --verify it reads manifest, figures and file headers only, so it is fast however large the model is; missing files and files of another
            length are named all the same. A Hugging Face folder has no hashes: --verify reads every number of it and names files with one that is not finite.
            Of a reward model from elsewhere it also says how it gives rewards, and warns of what is known to go wrong. The exit code is 1 when a file is wrong.
            """,
            example: "dmoerm inspect runs/debug/model\ndmoerm inspect runs/debug/model --verify\ndmoerm inspect HuggingFaceTB/SmolLM2-135M-Instruct --json")
        { model, onBase, verify, json };
        verb.SetAction(parsed => Run(
            streams, Downloads.Model(streams, parsed.GetRequiredValue(model)), parsed.GetValue(onBase) is { } named ? Downloads.Model(streams, named) : null, parsed.GetValue(verify), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(CommandStreams streams, string folder, string? baseFolder, bool full, bool json)
    {
        NativeLibraries.Prepare();
        return baseFolder is null && (File.Exists(Path.Combine(folder, ArtefactFolder.ManifestName)) || ArtefactFolder.IsRun(folder)) ? Artefact(streams, folder, full, json) : Folder(streams, folder, baseFolder, full, json);
    }

    private static int Artefact(CommandStreams streams, string folder, bool full, bool json)
    {
        var manifest = ArtefactFolder.ReadManifest(folder);
        var faults = full ? ProgressDisplay.Run(streams, display => ArtefactVerification.Verify(folder, Looked(streams, display, manifest.Files.Count + manifest.Documents.Count))) : ArtefactVerification.Glance(folder);
        var verification = new Verification(full, full ? manifest.Files.Count + manifest.Documents.Count : manifest.Files.Count, faults);
        if (faults.Count > 0)
        {
            // Sizes and shapes of parts that are not there, or not the right ones, would mislead.
            var broken = new { Kind = "dmoerm model", manifest.Name, Verification = verification };
            return Say(streams, json, broken, verification, writer => writer.WriteLine($"{manifest.Name}: a dmoerm model that is not as it was written."));
        }

        var facts = ArtefactFacts.Of(folder, verification);
        return Say(streams, json, facts, verification, writer => ArtefactTable.Write(facts, writer));
    }

    private static int Folder(CommandStreams streams, string folder, string? baseFolder, bool full, bool json)
    {
        var facts = FolderFacts.Of(folder, baseFolder, full, _ => streams.Stopped.ThrowIfCancellationRequested());
        return Say(streams, json, facts, facts.Verification, writer => FolderTable.Write(folder, facts, writer));
    }

    private static Action<string> Looked(CommandStreams streams, ProgressDisplay display, int total)
    {
        var done = 0;
        return _ =>
        {
            streams.Stopped.ThrowIfCancellationRequested();
            display.Report("reading files", done++, total);
        };
    }

    private static int Say<T>(CommandStreams streams, bool json, T facts, Verification verification, Action<TextWriter> write)
    {
        if (json)
        {
            streams.Out.WriteLine(JsonSerializer.Serialize(facts, Format));
        }
        else
        {
            write(streams.Out);
            foreach (var fault in verification.Faults)
            {
                streams.Out.WriteLine($"{fault.Fault}: {fault.Sentence}");
            }
        }

        return verification.Faults.Count > 0 ? 1 : 0;
    }
}
