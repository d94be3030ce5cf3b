using System.Text.Json.Nodes;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Exports;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;
using Dmoerm.Routing;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Starts;

namespace Dmoerm.Training.Intake;

/// <summary>Makes a model of adapters that others have trained: each becomes an expert of one category, on the folder that they were made for.</summary>
/// <param name="request">The adapters and where they sit.</param>
public sealed class ModelImport(ImportRequest request)
{
    private const long Seed = 1;

    /// <summary>Told how many conversations are scored, of how many.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Ends the work between steps; nothing is written.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Reads everything, fits what joins the experts, writes the model beside its place, reads it back, compares, and gives it its name.</summary>
    /// <param name="folder">Must not exist.</param>
    /// <exception cref="IOException">The folder exists.</exception>
    /// <exception cref="InvalidDataException">A folder is broken or does not fit the base, a name cannot be used, or the data do not fit.</exception>
    public ImportReport Write(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        if (Path.Exists(folder))
        {
            throw new IOException($"{folder} exists already; an import is never written over something.");
        }

        Check();
        NativeLibraries.Prepare();
        using var scope = NewDisposeScope();
        using var checkpoint = BackboneFolder.Load(request.Base, ScalarType.Float32);
        var adapters = request.Experts.Select(expert => PeftFolder.Read(expert.Folder).On(checkpoint.Backbone)).ToArray();
        var (trained, stack) = (ImportedBase.Of(checkpoint), PeftExperts.Of(checkpoint.Backbone, adapters));
        var model = new CategoryModel(request.Category, [.. request.Experts.Select(expert => expert.Name)], trained.Scorers, checkpoint.Backbone.Merge(trained.Scorers.Adapters!.Updates), stack);
        var (template, tokenizer) = (Template(), Tokenizer.Load(request.Base));
        var encoder = new ConversationEncoder(template, tokenizer, new EncodingOptions { MaxTokens = request.MaxTokens, VocabularySize = checkpoint.Backbone.Config.VocabularySize });
        var source = new CategorySource { Data = request.Data, Render = request.Render, Capabilities = model.Capabilities.ToDictionary(name => name, _ => new CapabilitySource()) };
        var fitted = request.Data.Count == 0 ? Mean(encoder) : Fit(model, trained.HasHead, source, encoder);
        string[] notes = [.. trained.Notes, .. BaseNames(adapters), .. fitted.Notes];
        var parts = new ArtefactParts
        {
            Backbone = checkpoint.Backbone,
            Tokenizer = tokenizer,
            Template = template,
            MaxTokens = request.MaxTokens,
            Router = new TaskRouter(1, checkpoint.Backbone.Config.HiddenSize, layer: 0),
            Categories = [Served(model, fitted, source, notes)],
        };
        Write(folder, parts, fitted.Rows, notes);
        return new ImportReport { Folder = folder, Category = request.Category, Capabilities = model.Capabilities, Fit = request.Data.Count == 0 ? null : fitted.Fit, Notes = notes };
    }

    private void Check()
    {
        if (request.Experts.Count == 0)
        {
            throw new ArgumentException("Expected at least one expert, came none.");
        }

        var twice = request.Experts.GroupBy(expert => expert.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new InvalidDataException($"Expert '{twice.Key}': expected names that differ by more than case, came it {twice.Count()} times.");
        }

        RecipeCheck.CheckNames(request.Category, [.. request.Experts.Select(expert => expert.Name)], "import");
    }

    private ChatTemplate? Template() => request switch
    {
        { ChatTemplate: { } path } => File.Exists(path) ? ChatTemplate.FromSource(ForeignFile.Text(path), path, request.Base, request.Template) : throw new InvalidDataException($"{path}: no such file; --chat-template names it."),
        { Render: Rendering.Text } => null,
        _ when ChatTemplate.SourceIn(request.Base) is null => throw new InvalidDataException($"{request.Base}: no chat_template.jinja, and no chat_template in tokenizer_config.json: name a file by --chat-template, or say --render text."),
        _ => ChatTemplate.Load(request.Base, request.Template),
    };

    private FittedOutputs Fit(CategoryModel model, bool useBase, CategorySource source, ConversationEncoder encoder)
    {
        var data = CategoryReader.Read(request.Category, source, source.Data, needsCapabilities: false);
        var examples = new ExampleEncoder(encoder, new Dictionary<string, CategorySource> { [request.Category] = source });
        var fitted = new ImportedOutputs(model, useBase, Seed) { Progress = Progress, Cancellation = Cancellation }.Fit(data, source, examples);
        return examples.Cut == 0 ? fitted : fitted with { Notes = [.. fitted.Notes, $"{examples.Cut} conversations were cut to fit {request.MaxTokens} tokens."] };
    }

    private FittedOutputs Mean(ConversationEncoder encoder)
    {
        var count = request.Experts.Count;
        var calibration = new Calibration { Overall = RewardScale.Identity, Capabilities = [.. Enumerable.Repeat(RewardScale.Identity, count)], Temperature = 1 };
        const string Note = "No data: the reward is the mean of the experts' own raw rewards, on the scale that they happen to have. Nothing was measured, so rewards are raw, "
            + "percentiles are unknown, an effect is what the reward loses when the expert says 0, and P(i better than j) has temperature 1.";
        return new FittedOutputs(new MonotoneAggregator(count, useBase: false), FeatureScaling.Identity(count), calibration, ExportCheck.Rows(encoder, request.Render), new ImportFit(0, 0, 0, double.NaN, double.NaN, null), [Note]);
    }

    // A name is no proof: people rename folders, and shapes were compared already.
    private IEnumerable<string> BaseNames(IReadOnlyList<PeftAdapter> adapters)
    {
        var here = BaseName;
        foreach (var (expert, adapter) in request.Experts.Zip(adapters))
        {
            if (adapter.Folder.Settings.BaseModel is { Length: > 0 } named && !string.Equals(LastName(named), here, StringComparison.OrdinalIgnoreCase))
            {
                yield return $"Expert '{expert.Name}' names {LastName(named)} as its base, and was put on {here}: its shapes fit, but only the model that it was trained on gives its rewards.";
            }
        }
    }

    private ServedCategory Served(CategoryModel model, FittedOutputs fitted, CategorySource source, IReadOnlyList<string> notes) => new()
    {
        Model = model,
        Aggregator = fitted.Aggregator,
        Scaling = fitted.Scaling,
        Calibration = fitted.Calibration,
        Source = source,
        KeptFolders = request.Experts.ToDictionary(expert => expert.Name, expert => expert.Folder),
        Notes = notes,
    };

    private void Write(string folder, ArtefactParts parts, IReadOnlyList<EncodedConversation> rows, IReadOnlyList<string> notes) => DurableFile.CreateFolder(folder, partial =>
    {
        var writer = new ArtefactWriter(partial);
        writer.Write(parts, new ArtefactIdentity(request.Category, DataHash(parts), RunRecord.ToolVersion()), request.Base, wholeBackbone: true, Record());
        using (var read = ArtefactFolder.Read(partial))
        {
            ArtefactRoundTrip.Check(parts, read, [[.. rows.Take(ArtefactRoundTrip.Rows)]], partial);
        }

        DurableFile.WriteText(Path.Combine(partial, "README.md"), Card(notes));
        writer.NoteDocuments();
    });

    private string DataHash(ArtefactParts parts) => request.Data.Count == 0 ? "none" : RunData.HashOf(new TrainingRecipe
    {
        Name = request.Category,
        Backbone = new BackboneSource { Folder = request.Base },
        Categories = parts.Categories.ToDictionary(category => category.Name, category => category.Source),
    });

    // What the model was made of, in place of a recipe.
    private string Record() => new JsonObject
    {
        ["import"] = new JsonObject
        {
            ["base"] = BaseName,
            ["category"] = request.Category,
            ["experts"] = new JsonObject(request.Experts.Select(expert => KeyValuePair.Create(expert.Name, (JsonNode?)FolderName(expert)))),
            ["data"] = new JsonArray([.. request.Data.Select(path => (JsonNode)Path.GetFileName(path))]),
            ["maxTokens"] = request.MaxTokens,
        },
    }.ToJsonString(StrictJson.Options) + "\n";

    private string Card(IReadOnlyList<string> notes) => $"""
        # {request.Category}

        A reward model that `dmoerm import` made of PEFT adapters on {BaseName}: {string.Join(", ", request.Experts.Select(expert => $"{expert.Name} ({FolderName(expert)})"))}.
        Licences of base, adapters and data: not stated.

        {string.Join("\n\n", notes.Select(note => $"- {note}"))}
        """.ReplaceLineEndings("\n").TrimEnd() + "\n";

    private string BaseName => LastName(request.BaseName ?? Path.GetFullPath(request.Base));

    private static string FolderName(ImportedExpert expert) => LastName(expert.FolderName ?? Path.GetFullPath(expert.Folder));

    // Of a path, or of a name on the hub with its revision.
    private static string LastName(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)).Split('@')[0];
}
