using Dmoerm.Conversations;

namespace Dmoerm.Artefacts.Exports;

/// <summary>Takes one scorer out of a trained model: a category's base, or one of its experts with the base that it sits on.</summary>
/// <param name="request">What, and from where.</param>
public sealed class ModelExport(ExportRequest request)
{
    /// <summary>Writes a folder beside its place, reads it back, compares rewards, and gives it its name.</summary>
    /// <param name="folder">Must not exist.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="IOException">The folder exists.</exception>
    /// <exception cref="InvalidDataException">The model is none or has no such part, the part cannot be written that way, or what was written gives other rewards.</exception>
    public ExportReport Write(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        if (Path.Exists(folder))
        {
            throw new IOException($"{folder} exists already; an export is never written over something.");
        }

        NativeLibraries.Prepare();
        using var scope = NewDisposeScope();
        using var parts = ArtefactFolder.Read(request.Model);
        var source = ExportSource.Find(parts, request);
        RefuseMissingHead(source);
        ExportReport? report = null;
        DurableFile.CreateFolder(folder, partial => report = Write(source, partial) with { Folder = folder });
        return report!;
    }

    private ExportReport Write(ExportSource source, string partial)
    {
        var rows = ExportCheck.Rows(ExportCheck.EncoderOf(source.Parts), source.Category.Source.Render);
        var (expected, scale) = (source.Rewards(rows), source.Scale());
        var (found, loadOn, pad) = request.Kind == ExportKind.Peft ? Adapter(source, partial, rows) : Classifier(source, partial, rows);
        return new ExportReport
        {
            Folder = partial,
            Kind = request.Kind,
            Category = request.Category,
            Capability = request.Capability,
            LoadOn = loadOn,
            PadToken = pad?.Text,
            PadTokenId = pad?.Id,
            Mean = scale?.Mean,
            Deviation = scale?.Deviation,
            Compared = rows.Count,
            LargestDifference = ExportCheck.Compare(expected, found, scale?.Deviation, partial),
            Notes = [.. Notes(source, pad)],
        };
    }

    private (double[] Found, string? LoadOn, PadToken? Pad) Adapter(ExportSource source, string partial, IReadOnlyList<EncodedConversation> rows)
    {
        var export = new PeftExport(source, request);
        export.Write(partial);
        var pad = PadToken.Find(Path.Combine(request.Model, ArtefactFolder.BackboneName), source.Parts.Backbone.Config, rows);
        return (export.ScoreBack(partial, rows), export.LoadOn, pad);
    }

    private (double[] Found, string? LoadOn, PadToken? Pad) Classifier(ExportSource source, string partial, IReadOnlyList<EncodedConversation> rows)
    {
        var export = new ClassifierExport(source, request);
        var pad = export.Write(partial, rows);
        return (export.ScoreBack(partial, rows, pad), null, pad);
    }

    private IEnumerable<string> Notes(ExportSource source, PadToken? pad)
    {
        if (request.Capability is null && source.Category.Model.Capabilities.Count > 0)
        {
            yield return $"This is the base of category '{request.Category}' alone: its experts ({string.Join(", ", source.Category.Model.Capabilities)}) and the aggregator that joins them stay behind, so its rewards are not the model's.";
        }
        else if (request.Capability is not null)
        {
            yield return $"This is the expert '{request.Capability}' alone: its rewards are that capability's, raw, and not the model's.";
        }

        if (request.Kind == ExportKind.Merged && source.Scale() is null)
        {
            yield return "Mean and deviation of its rewards were not measured, so config.json has no mean and std.";
        }

        if (request.Kind == ExportKind.Merged && pad is not null && source.Parts.Backbone.Config.PadId is { } own && own != pad.Id)
        {
            yield return $"Batches are padded with {pad.Text} (id {pad.Id}) instead of the backbone's id {own}, in which conversations end.";
        }
    }

    // An imported base need not be a reward model.
    private void RefuseMissingHead(ExportSource source)
    {
        if (request.Capability is null && source.IsImported && source.Head_1D.count_nonzero().item<long>() == 0)
        {
            throw new InvalidDataException($"{request.Model}: category '{request.Category}' was imported on a base without a head, so there is no reward of its own to export; name a capability.");
        }
    }
}
