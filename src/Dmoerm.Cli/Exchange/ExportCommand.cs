using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Artefacts.Exports;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Exchange;

/// <summary><c>dmoerm export</c>: a part of a model for other trainers and servers.</summary>
internal static class ExportCommand
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
        var model = new Argument<string>("MODEL") { Description = "Folder of a trained model." };
        var to = new Option<string>("--to") { HelpName = "KIND", Required = true, Description = "peft: an adapter with its head, for PEFT. merged: a whole classifier in float32, for transformers, TRL, OpenRLHF, vLLM." };
        to.AcceptOnlyFromAmong("peft", "merged");
        var category = new Option<string>("--category") { HelpName = "NAME", Required = true, Description = "The category to export from." };
        var capability = new Option<string?>("--capability") { HelpName = "NAME", Description = "The expert of this capability; without it the category's base." };
        var output = new Option<string?>("--out", "-o") { HelpName = "DIR", Description = "Folder to write, which must not exist; by default CATEGORY[-CAPABILITY]-KIND here." };
        var baseName = new Option<string?>("--base-name") { HelpName = "NAME", Description = "What adapter_config.json names as the base model (peft); by default the folder inside MODEL." };
        var pad = new Option<string?>("--pad") { HelpName = "TOKEN", Description = "The token that batches are padded with (merged); by default the model's own, or another special token where conversations end in it." };
        var json = new Option<bool>("--json") { Description = "Print what was written as JSON." };
        var verb = new Verb(
            "export",
            "Writes one expert, or a category's base, for PEFT or transformers.",
            details: """
            The adapter of an expert holds its base's too (their ranks add up), so that it is loaded alone on the backbone and gives the expert's own raw reward.
            Where all weights of the base were tuned (adapt: full) it sits on that base, and the output says which folder that is.
            Without --capability it is the base that is written, as a reward model of its own: experts and aggregator stay behind.
            Everything is read back and compared on conversations before the folder gets its name.
            """,
            example: "dmoerm export runs/debug/model --to peft --category story --capability vividness --out vividness\ndmoerm export runs/debug/model --to merged --category story")
        { model, to, category, capability, output, baseName, pad, json };
        verb.SetAction(parsed => Run(
            streams,
            new ExportRequest(Downloads.Model(streams, parsed.GetRequiredValue(model)), parsed.GetRequiredValue(to) == "peft" ? ExportKind.Peft : ExportKind.Merged, parsed.GetRequiredValue(category), parsed.GetValue(capability))
            {
                BaseName = parsed.GetValue(baseName),
                PadToken = parsed.GetValue(pad),
            },
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return verb;
    }

    private static int Run(CommandStreams streams, ExportRequest request, string? output, bool json)
    {
        if ((request.Kind == ExportKind.Peft ? request.PadToken : request.BaseName) is not null)
        {
            throw new UsageException(request.Kind == ExportKind.Peft ? "--pad is for --to merged: an adapter has no padding." : "--base-name is for --to peft: a merged model has no base.");
        }

        var kind = request.Kind == ExportKind.Peft ? "peft" : "merged";
        var report = new ModelExport(request).Write(output ?? string.Join('-', (string?[])[request.Category, .. request.Capability is null ? [] : new[] { request.Capability }, kind]));
        if (json)
        {
            streams.Out.WriteLine(JsonSerializer.Serialize(report, Format));
            return 0;
        }

        Write(report, streams.Out);
        return 0;
    }

    private static void Write(ExportReport report, TextWriter writer)
    {
        var what = report.Capability is null ? $"the base of {report.Category}" : $"the expert {report.Capability} of {report.Category}";
        writer.WriteLine($"{report.Folder}: {what}, {(report.Kind == ExportKind.Peft ? "an adapter with its head" : "a whole classifier in float32")}.");
        if (report.LoadOn is not null)
        {
            var padding = report.PadToken is null ? "" : $"; for batches set its pad_token_id to {report.PadTokenId} ({report.PadToken}), in which no conversation ends";
            writer.WriteLine($"Load it with PEFT on {report.LoadOn} (one label){padding}.");
        }

        if (report is { Mean: { } mean, Deviation: { } deviation })
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Its rewards have mean {mean:0.####} and standard deviation {deviation:0.####} over validation responses."));
        }

        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Read back: rewards of {report.Compared} conversations differ by at most {report.LargestDifference:0.0e+0}."));
        foreach (var note in report.Notes)
        {
            writer.WriteLine(note);
        }
    }
}
