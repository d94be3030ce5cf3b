using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Hub;

namespace Dmoerm.Training.Settings;

/// <summary>Everything that one training run depends on. Read from a recipe file and saved with the model.</summary>
public sealed record TrainingRecipe
{
    internal const double DefaultValidationShare = 0.2;

    /// <summary>A JSON Schema for editors; says nothing of the run, so it is not written again.</summary>
    [JsonPropertyName("$schema")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public string? Schema { get; init; }

    /// <summary>The run's name; its folder is <c>runs/NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Seeds every random choice of the run.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The model that everything is built on.</summary>
    public required BackboneSource Backbone { get; init; }

    /// <summary>The task categories of the outer layer, by name.</summary>
    public required IReadOnlyDictionary<string, CategorySource> Categories { get; init; }

    /// <summary>
    /// What becomes of rows without a category in files that several categories list; in a file that one category alone lists they are that category's. Those that the
    /// router assigns join a training part, and never validation or test.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public UncategorisedRule AssignUncategorised { get; init; }

    /// <summary>Share of each category's units that stops fits and calibrates, and is never learnt from.</summary>
    public double ValidationShare { get; init; } = DefaultValidationShare;

    /// <summary>How outputs for phase 3 are kept apart from what experts were trained on; set one of its two fields.</summary>
    public LeakGuard Phases { get; init; } = new();

    /// <summary>Phase 1.</summary>
    public BaseSettings Base { get; init; } = new();

    /// <summary>Phase 2.</summary>
    public ExpertSettings Experts { get; init; } = new();

    /// <summary>Phase 3.</summary>
    public AggregatorSettings Aggregator { get; init; } = new();

    /// <summary>The outer layer.</summary>
    public RouterSettings Router { get; init; } = new();

    /// <summary>
    /// Phase 1 also learns from soft labels: per category, weights of at least 0 explain the preferences by the differences of capability labels, and every pair that differs in
    /// a capability gets the preference that follows. Helps where preferences are scarce or noisy. A category's own field of this name takes precedence.
    /// </summary>
    public bool LabelTeacher { get; init; }

    /// <summary>Makes training preferences scarcer or noisier, for studies; null for none.</summary>
    public SubsampleSettings? Subsample { get; init; }

    /// <summary>Models to compare with, trained on the same data.</summary>
    public BaselineSettings Baselines { get; init; } = new();

    /// <summary>Where trunk states are kept during the run.</summary>
    public CacheSettings Cache { get; init; } = new();

    /// <summary>How often a fit in progress is kept.</summary>
    public CheckpointSettings Checkpoints { get; init; } = new();

    /// <summary>What the run's report shows.</summary>
    public ReportSettings Report { get; init; } = new();

    /// <summary>What the user states of the data's licence, for the model card.</summary>
    public string? DataLicence { get; init; }

    /// <summary>Whether a category's base is taught by a label teacher.</summary>
    /// <param name="source">The category's entry.</param>
    public bool TeachesLabels(CategorySource source) => source.Capabilities.Count > 0 && (source.LabelTeacher ?? LabelTeacher);

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="InvalidDataException">A field is unknown, repeated, missing, of the wrong type or out of range.</exception>
    public static TrainingRecipe Read(string path)
    {
        var recipe = StrictJson.Read<TrainingRecipe>(path);
        RecipeCheck.Check(recipe, path);
        return recipe;
    }

    /// <summary>The recipe with relative paths made absolute; names of the hub, where there is no local file or folder of the name, stay as they are.</summary>
    /// <param name="folder">Where relative paths start: the recipe file's folder.</param>
    public TrainingRecipe Resolve(string folder)
    {
        string Absolute(string path) => Path.GetFullPath(Path.Combine(folder, path));
        string Place(string path, HubReference? hub) => hub is null || Path.Exists(Absolute(path)) ? Absolute(path) : path;
        return With(path => Place(path, HubReference.Model(path)), path => [Place(path, HubReference.Data(path))], Absolute);
    }

    /// <summary>The recipe with other places.</summary>
    /// <param name="backbone">Another place of the backbone.</param>
    /// <param name="data">Other places of a data or test file, one or more.</param>
    /// <param name="template">Another place of the chat template; null leaves it.</param>
    internal TrainingRecipe With(Func<string, string> backbone, Func<string, IEnumerable<string>> data, Func<string, string>? template = null) => this with
    {
        Backbone = Backbone with { Folder = backbone(Backbone.Folder), ChatTemplate = Backbone.ChatTemplate is { } path && template is not null ? template(path) : Backbone.ChatTemplate },
        Categories = Categories.ToDictionary(pair => pair.Key, pair => pair.Value with { Data = [.. pair.Value.Data.SelectMany(data)], Test = [.. pair.Value.Test.SelectMany(data)] }),
    };

    /// <summary>The recipe for others to read: of an absolute path, which means nothing elsewhere, the last name alone.</summary>
    public TrainingRecipe Portable()
    {
        static string Shorten(string path) => Path.IsPathRooted(path) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : path;
        return With(Shorten, path => [Shorten(path)], Shorten);
    }

    /// <summary>The recipe as JSON, paths as they were given.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StrictJson.Options) + "\n";
}

/// <summary>The model that everything is built on.</summary>
public sealed record BackboneSource
{
    /// <summary>A Hugging Face folder, or, where there is none of that name, a model of the hub: <c>org/name[@revision]</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Take only so many of the lowest layers; null takes all.</summary>
    public int? KeepLayers { get; init; }

    /// <summary>
    /// Start phase 1 from a new head, though the folder is a reward model already (<c>*ForSequenceClassification</c> with one label) and has one. Without this its head is where phase 1 starts, whatever
    /// <see cref="BaseSettings.Head"/> says.
    /// </summary>
    public bool NewHead { get; init; }

    /// <summary>A file with the chat template, for a folder that has none or another; null takes the folder's.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Variables and date for the chat template, the same in training and in use; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TemplateSettings? Template { get; init; }

    /// <summary>Longest conversation in tokens.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>What happens to a response that is too long.</summary>
    public TooLong TooLong { get; init; } = TooLong.Error;

    /// <summary>What the user states of the model's licence, for the model card.</summary>
    public string? Licence { get; init; }
}

/// <summary>The aggregator is trained on outputs, for prompts, of models that never saw those prompts: how.</summary>
public sealed record LeakGuard
{
    /// <summary>Each of so many folds trains its own base and experts on the other folds. Null with <see cref="Split"/>.</summary>
    public int? CrossFit { get; init; }

    /// <summary>Share of the units for phase 1; the rest is for phase 3 (the paper's code: 0.6).</summary>
    public double? Split { get; init; }

    /// <summary>Prompts of phase 2 under <see cref="Split"/>.</summary>
    public Phase2Prompts Phase2Prompts { get; init; } = Phase2Prompts.First;

    /// <summary>Folds where neither is set.</summary>
    public const int DefaultFolds = 2;
}

/// <summary>Prompts that experts learn from.</summary>
public enum Phase2Prompts
{
    /// <summary>Those of phase 1: free of leaks.</summary>
    First,

    /// <summary>All, those of phase 3 too: the paper's code.</summary>
    All,
}

/// <summary>Models to compare with.</summary>
public sealed record BaselineSettings
{
    /// <summary>A linear head on the frozen backbone per category, with tuned L2.</summary>
    public bool LinearHead { get; init; } = true;

    /// <summary>One model for all categories; null for none.</summary>
    public BaseSettings? OneForAll { get; init; }

    /// <summary>One model per category on all its training units, without experts; null for none.</summary>
    public BaseSettings? OnePerCategory { get; init; }
}

/// <summary>Where trunk states are kept.</summary>
public sealed record CacheSettings
{
    /// <summary>Most bytes on disk; above it the trunk is computed anew in each step. Null is half of what is free.</summary>
    public long? MaxBytes { get; init; }
}
