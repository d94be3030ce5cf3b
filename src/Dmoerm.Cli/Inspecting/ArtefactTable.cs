using System.Globalization;
using Dmoerm.Cli.Evaluating;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Inspecting;

/// <summary>A trained model's facts for people, in plain characters.</summary>
internal static class ArtefactTable
{
    private const string NotStated = "not stated";

    /// <summary>Writes what the model is, what it was trained on, how far it agrees with people, its sizes, its notes and hashes.</summary>
    public static void Write(ArtefactFacts facts, TextWriter writer)
    {
        foreach (var line in Identity(facts).Append(""))
        {
            writer.WriteLine(line);
        }

        WriteTraining(facts, writer);
        WriteAgreement(facts, writer);
        WriteSizes(facts, writer);
        WriteNotes(facts, writer);
        WriteFiles(facts, writer);
    }

    private static IEnumerable<string> Identity(ArtefactFacts facts)
    {
        var backbone = facts.Backbone;
        yield return $"{facts.Name}: a dmoerm model of {facts.Categories.Count} categor{(facts.Categories.Count == 1 ? "y" : "ies")}, {WeightSize.Count(facts.Whole.Parameters)} parameters, {WeightSize.Length(facts.Whole.Bytes)} (schema {facts.Schema}, written by dmoerm {facts.Tool}).";
        yield return $"hash: {facts.Hash} (of dmoerm.json, which holds the hashes of all other files)";
        if (facts.GrownFrom is { } from)
        {
            yield return $"grown from: '{from.Name}', hash {from.Hash}";
        }

        yield return $"input: conversations of up to {facts.MaxTokens} tokens, a response that is too long is {(facts.CutsResponses ? "cut" : "refused")}; chat template: {facts.Template}; rewards are read at {facts.Pooling}";
        yield return $"backbone: {FolderTable.Shape(backbone)}; licence as stated by the user: {facts.BackboneLicence ?? NotStated}";
        if (backbone.Unused.Count > 0)
        {
            yield return $"  tensors of its files that are left out: {string.Join(", ", backbone.Unused)}";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"router: reads what enters layer {facts.Router.Layer} of {backbone.Config.NumLayers}, temperature {facts.Router.Temperature:0.###}, chooses among {string.Join(", ", facts.Categories.Keys)}");
    }

    private static void WriteTraining(ArtefactFacts facts, TextWriter writer)
    {
        writer.WriteLine($"Trained on (hash of all data files: {facts.DataHash}):");
        var table = new TextTable("", "prompts", "responses", "comparisons", "hash", "recipe", "files", "licence as stated");
        foreach (var (name, category) in facts.Categories)
        {
            if (category.TrainedFrom is not { } from)
            {
                table.Add(name, "-", "-", "-", "not noted", "-", "-", "-");
                continue;
            }

            table.Add(name, Count(from.Data.Prompts), Count(from.Data.Responses), Count(from.Data.Comparisons), from.Data.Hash, from.Recipe ?? "-", string.Join(", ", from.Files), from.DataLicence ?? NotStated);
            foreach (var (capability, labels) in from.Data.Capabilities)
            {
                table.Add($"  {capability}", "", "", Count(labels.Comparisons), labels.Hash, "", "", "");
            }
        }

        table.Write(writer);
        writer.WriteLine();
    }

    private static void WriteAgreement(ArtefactFacts facts, TextWriter writer)
    {
        if (facts.Agreement is { } agreement)
        {
            writer.WriteLine($"Agreement with people in %, as the run measured it ({facts.MeasuredOn}):");
            EvalTable.Write(agreement, writer);
            writer.WriteLine();
        }
    }

    private static void WriteSizes(ArtefactFacts facts, TextWriter writer)
    {
        var table = new TextTable("", "parameters", "bytes", "what", "temperature");
        table.Add("backbone", WeightSize.Count(facts.Backbone.Parameters), WeightSize.Length(facts.Backbone.Bytes), "", "");
        table.Add("router", WeightSize.Count(facts.RouterSize.Parameters), WeightSize.Length(facts.RouterSize.Bytes), "", Number(facts.Router.Temperature));
        foreach (var (name, category) in facts.Categories)
        {
            Add(table, $"{name}: base", category.Base, category.HasOwnBackbone ? "all weights" : "adapter");
            if (category.Capabilities.Count > 0)
            {
                Add(table, $"{name}: experts", category.Experts, string.Join(", ", category.Capabilities));
            }

            table.Add($"{name}: aggregator", WeightSize.Count(category.AggregatorSize.Parameters), WeightSize.Length(category.AggregatorSize.Bytes), $"{category.Aggregator}".ToLowerInvariant(), Number(category.Temperature));
        }

        table.Write(writer);
        writer.WriteLine();
    }

    private static void WriteNotes(ArtefactFacts facts, TextWriter writer)
    {
        string[] notes = [.. facts.Categories.SelectMany(category => category.Value.Notes.Select(note => $"{category.Key}: {note}")), .. facts.Notes];
        foreach (var note in notes.Length > 0 ? [.. notes, ""] : notes)
        {
            writer.WriteLine(note);
        }
    }

    private static void WriteFiles(ArtefactFacts facts, TextWriter writer)
    {
        var table = new TextTable("file", "bytes", "XxHash128 as written");
        foreach (var (name, file) in facts.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            table.Add(name, WeightSize.Count(file.Bytes), file.Xxh128);
        }

        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine(facts.Verification.Full
            ? $"All {facts.Verification.Files} files were read: every hash is as it was written, and the model loads."
            : $"All {facts.Verification.Files} files are there in the right length; --verify compares the hashes.");
    }

    private static void Add(TextTable table, string name, WeightSize size, string what) => table.Add(name, WeightSize.Count(size.Parameters), WeightSize.Length(size.Bytes), what, "");

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
