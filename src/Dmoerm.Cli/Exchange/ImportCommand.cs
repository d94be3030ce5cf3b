using System.CommandLine;
using System.Text.Json;
using Dmoerm.Cli.Scoring;
using Dmoerm.Cli.Terminal;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Intake;

namespace Dmoerm.Cli.Exchange;

/// <summary><c>dmoerm import</c>: a model of adapters that others have trained.</summary>
internal static class ImportCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var from = new Option<string>("--base") { HelpName = "FOLDER", Required = true, Description = "The Hugging Face folder (or org/name of the hub) that the adapters were trained on: a language model or a reward model." };
        var category = new Option<string>("--category") { HelpName = "NAME", Required = true, Description = "The category's name, and the model's." };
        var expert = new Option<string[]>("--expert") { HelpName = "NAME=FOLDER", Required = true, Description = "A capability and the PEFT folder (or org/name of the hub) of its adapter, with a head of one output; once per expert, in their order." };
        var data = new Option<string[]>("--data") { HelpName = "FILE", Description = "Preferences, in any format that train reads, to fit what joins the experts. Without any, the reward is their mean.", DefaultValueFactory = _ => [] };
        var output = new Option<string>("--out", "-o") { HelpName = "DIR", Required = true, Description = "The model's folder, which must not exist." };
        var template = new Option<string?>("--chat-template") { HelpName = "FILE", Description = "The chat template; by default the base folder's." };
        var settings = new TemplateArguments("", " It is kept with the model.");
        var render = new Option<string>("--render") { HelpName = "HOW", Description = "chat: by the chat template. text: prompt, response and end-of-text token as one text.", DefaultValueFactory = _ => "chat" };
        render.AcceptOnlyFromAmong("chat", "text");
        var maxTokens = new Option<int>("--max-tokens") { HelpName = "N", Description = "Longest conversation in tokens.", DefaultValueFactory = _ => new EncodingOptions().MaxTokens };
        var json = new Option<bool>("--json") { Description = "Print what was made as JSON." };
        var verb = new Verb(
            "import",
            "Makes a model of PEFT adapters: each becomes an expert of one category.",
            details: """
            Adapters of any rank, scale and layers, with DoRA or biases, run side by side on one base. With --data, a fifth of the prompts is set aside to stop the
            fit and to calibrate; the figures that are printed are measured on them. The adapters' files are kept to the byte.
            """,
            example: "dmoerm import --base FOLDER --category story --expert style=ADAPTER-1 --expert plot=ADAPTER-2 --data preferences.jsonl --out model")
        { from, category, expert, data, output, template, settings.Variables, settings.Date, render, maxTokens, json };
        verb.SetAction(parsed => Run(
            streams,
            new ImportRequest
            {
                Base = Downloads.Model(streams, parsed.GetRequiredValue(from)),
                BaseName = HubName(parsed.GetRequiredValue(from)),
                Category = parsed.GetRequiredValue(category),
                Experts = [.. parsed.GetRequiredValue(expert).Select(Expert).Select(named => named with { Folder = Downloads.Model(streams, named.Folder), FolderName = HubName(named.Folder) })],
                Data = Downloads.Paths(streams, parsed.GetRequiredValue(data)),
                ChatTemplate = parsed.GetValue(template),
                Template = settings.Of(parsed),
                Render = parsed.GetRequiredValue(render) == "text" ? Rendering.Text : Rendering.Chat,
                MaxTokens = parsed.GetValue(maxTokens),
            },
            parsed.GetRequiredValue(output),
            parsed.GetValue(json)));
        return verb;
    }

    private static ImportedExpert Expert(string text)
    {
        var place = text.IndexOf('=', StringComparison.Ordinal);
        return place > 0 && place < text.Length - 1
            ? new ImportedExpert(text[..place], text[(place + 1)..])
            : throw new UsageException($"--expert: expected NAME=FOLDER, came '{text}'.");
    }

    // A folder of the cache is called by its commit.
    private static string? HubName(string named) => Path.Exists(named) ? null : named;

    private static int Run(CommandStreams streams, ImportRequest request, string output, bool json)
    {
        if (request.MaxTokens < 1)
        {
            throw new UsageException($"--max-tokens: expected at least 1, came {request.MaxTokens}.");
        }

        var report = ProgressDisplay.Run(streams, display => new ModelImport(request)
        {
            Progress = (done, total) => display.Report("scoring conversations", done, total),
            Cancellation = streams.Stopped,
        }.Write(output));
        if (json)
        {
            streams.Out.WriteLine(JsonSerializer.Serialize(report, Format));
        }
        else
        {
            Write(report, streams.Out);
        }

        return 0;
    }

    private static void Write(ImportReport report, TextWriter writer)
    {
        writer.WriteLine($"{report.Folder}: a model of one category, {report.Category}, with the experts {string.Join(", ", report.Capabilities)}.");
        foreach (var note in report.Notes)
        {
            writer.WriteLine(note);
        }
    }
}
