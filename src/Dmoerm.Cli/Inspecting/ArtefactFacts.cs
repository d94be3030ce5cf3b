using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Data;
using Dmoerm.Evaluation;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Runs;

namespace Dmoerm.Cli.Inspecting;

/// <summary>What there is to know of a trained model without running it: its manifest, its figures, the sizes of its parts.</summary>
internal sealed record ArtefactFacts
{
    /// <summary>What the folder is.</summary>
    public string Kind { get; } = "dmoerm model";

    /// <summary>The recipe's name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the manifest's layout.</summary>
    public required int Schema { get; init; }

    /// <summary>Version of the product that wrote it.</summary>
    public required string Tool { get; init; }

    /// <summary>XxHash128 of the manifest, which holds the hashes of all other files.</summary>
    public required string Hash { get; init; }

    /// <summary>The model that it grew from.</summary>
    public required ModelIdentity? GrownFrom { get; init; }

    /// <summary>Fingerprint of all data files, test files too.</summary>
    public required string DataHash { get; init; }

    /// <summary>Longest conversation in tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Responses that are too long are cut instead of refused.</summary>
    public required bool CutsResponses { get; init; }

    /// <summary>The token that rewards are read at.</summary>
    public string Pooling { get; } = "the last token";

    /// <summary>The chat template's name.</summary>
    public required string Template { get; init; }

    /// <summary>What the model stands on.</summary>
    public required BackboneSummary Backbone { get; init; }

    /// <summary>The backbone's licence as the user stated it.</summary>
    public required string? BackboneLicence { get; init; }

    /// <summary>The outer layer.</summary>
    public required RouterEntry Router { get; init; }

    /// <summary>Size of the router.</summary>
    public required WeightSize RouterSize { get; init; }

    /// <summary>The inner layer, in the router's order.</summary>
    public required IReadOnlyDictionary<string, CategoryFacts> Categories { get; init; }

    /// <summary>All parameters, and the length of all files.</summary>
    public required WeightSize Whole { get; init; }

    /// <summary>What agreement was measured on; null where there are no figures.</summary>
    public required string? MeasuredOn { get; init; }

    /// <summary>Agreement with people, as the run measured it at its end.</summary>
    public required EvaluationReport? Agreement { get; init; }

    /// <summary>What users should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Size and hash of every file as it was written.</summary>
    public required IReadOnlyDictionary<string, FileEntry> Files { get; init; }

    /// <summary>What was looked at.</summary>
    public required Verification Verification { get; init; }

    /// <summary>Reads a whole artefact's facts.</summary>
    /// <param name="folder">The folder; its files are there.</param>
    /// <param name="verification">What was looked at before.</param>
    public static ArtefactFacts Of(string folder, Verification verification)
    {
        var manifest = ArtefactFolder.ReadManifest(folder);
        var backbone = BackboneFolder.Describe(Path.Combine(folder, ArtefactFolder.BackboneName));
        var router = WeightSize.Of(Path.Combine(folder, ArtefactFolder.RouterName), _ => true);
        var categories = manifest.Categories.ToDictionary(entry => entry.Name, entry => CategoryFacts.Of(folder, entry));
        var (report, problem) = Report(Path.Combine(folder, RunFolder.MetricsName));
        return new ArtefactFacts
        {
            Name = manifest.Name,
            Schema = manifest.Schema,
            Tool = manifest.Tool,
            Hash = ModelIdentity.Of(folder).Hash,
            GrownFrom = manifest.GrownFrom,
            DataHash = manifest.DataHash,
            MaxTokens = manifest.MaxTokens,
            CutsResponses = manifest.CutsResponses,
            Template = FolderFacts.TemplateOf(Path.Combine(folder, ArtefactFolder.BackboneName)),
            Backbone = backbone,
            BackboneLicence = Licence(Path.Combine(folder, "recipe.json")),
            Router = manifest.Router,
            RouterSize = router,
            Categories = categories,
            Whole = new WeightSize(
                backbone.Parameters + router.Parameters + categories.Values.Sum(category => category.Base.Parameters + category.Experts.Parameters + category.AggregatorSize.Parameters),
                manifest.Files.Values.Concat(manifest.Documents.Values).Sum(file => file.Bytes)),
            MeasuredOn = report?.MeasuredOn,
            Agreement = report?.Methods[^1].Evaluation,
            Notes = [.. problem is null ? [] : new[] { problem }, .. report?.Notes ?? []],
            Files = manifest.Files.Concat(manifest.Documents).ToDictionary(),
            Verification = verification,
        };
    }

    // Figures are no part of scoring: a model without them is still a model.
    private static (TrainingReport? Report, string? Problem) Report(string path)
    {
        try
        {
            return (TrainingReport.Read(path), null);
        }
        catch (InvalidDataException error)
        {
            return (null, $"No figures: {error.Message}");
        }
    }

    private static string? Licence(string path) => TrainingFacts.Text(ForeignFile.Read(path), "backbone", "licence");
}
