using System.Globalization;
using Dmoerm.Aggregation;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;
using Dmoerm.Experts;

namespace Dmoerm.Training.Settings;

/// <summary>What a recipe's types alone cannot hold.</summary>
internal static class RecipeCheck
{
    private const string ReservedCapability = "base";

    // Each is a whole training of base and experts.
    private const int MostFolds = 1000;

    /// <summary>Fails on the first value that makes no sense, naming its field.</summary>
    public static void Check(TrainingRecipe recipe, string path)
    {
        void Require(bool holds, string field, string expected, object? found)
        {
            if (!holds)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: {field}: expected {expected}, got {found ?? "null"}."));
            }
        }

        RequireName(recipe.Name, "name", path);
        Require(recipe.Categories.Count > 0, "categories", "at least one category", "none");
        Require(recipe.ValidationShare is > 0 and < 1, "validationShare", "a share between 0 and 1", recipe.ValidationShare);
        Require(recipe.Phases.CrossFit is null || recipe.Phases.Split is null, "phases", "either crossFit or split", "both");
        Require(recipe.Phases.CrossFit is null or (>= 2 and <= MostFolds), "phases.crossFit", $"2 to {MostFolds} folds", recipe.Phases.CrossFit);
        Require(recipe.Phases.Split is null or (> 0 and < 1), "phases.split", "a share between 0 and 1", recipe.Phases.Split);
        Require(recipe.Backbone.KeepLayers is null or >= 1, "backbone.keepLayers", "at least 1 layer", recipe.Backbone.KeepLayers);
        Require(recipe.Backbone.MaxTokens >= 8, "backbone.maxTokens", "at least 8", recipe.Backbone.MaxTokens);
        var taken = recipe.Backbone.Template?.Variables.Keys.FirstOrDefault(ChatTemplate.IsReserved);
        Require(taken is null, "backbone.template.variables", "names that the chat template is not given anyway", taken);
        Require(recipe.Aggregator.Width is >= 1 and <= RewardsAggregator.MostWide, "aggregator.width", $"1 to {RewardsAggregator.MostWide}", recipe.Aggregator.Width);
        Require(recipe.Aggregator.Kind != Aggregation.AggregatorKind.Base, "aggregator.kind", "rewards, monotone or embeddings", "base");
        Require(recipe.Router.Layer is null or >= 0, "router.layer", "at least 0", recipe.Router.Layer);
        Require(recipe.Router.LabelSmoothing is >= 0 and < 1, "router.labelSmoothing", "a share of at least 0 and below 1", recipe.Router.LabelSmoothing);
        Require(recipe.Router.Fallback is null or { Below: > 0 and <= 1 }, "router.fallback.below", "a probability above 0 and at most 1", recipe.Router.Fallback?.Below);
        Require(recipe.Router.Steps >= 1, "router.steps", "at least 1", recipe.Router.Steps);
        Require(recipe.Router.WeightDecay >= 0, "router.weightDecay", "at least 0", recipe.Router.WeightDecay);
        Require(recipe.Router.LearningRate > 0, "router.learningRate", "a rate above 0", recipe.Router.LearningRate);
        Require(recipe.Cache.MaxBytes is null or >= 0, "cache.maxBytes", "at least 0", recipe.Cache.MaxBytes);
        Require(recipe.Checkpoints.EverySeconds > 0, "checkpoints.everySeconds", "a number above 0", recipe.Checkpoints.EverySeconds);
        Require(recipe.Checkpoints.EverySteps is null or >= 1, "checkpoints.everySteps", "at least 1", recipe.Checkpoints.EverySteps);
        Require(recipe.Checkpoints.Keep >= 1, "checkpoints.keep", "at least 1", recipe.Checkpoints.Keep);
        CheckOptions(recipe, Require);
        foreach (var (field, settings) in new[] { ("base", recipe.Base), ("baselines.oneForAll", recipe.Baselines.OneForAll), ("baselines.onePerCategory", recipe.Baselines.OnePerCategory) })
        {
            if (settings is not null)
            {
                Require(settings.Head != HeadStart.Base, $"{field}.head", "linear or random", "base");
                CheckLora(settings.Lora, $"{field}.lora", Require);
                PhaseCheck.Check(settings.Training, $"{field}.training", Require, field == "baselines.oneForAll" ? [.. recipe.Categories.Keys] : []);
            }
        }

        CheckLora(recipe.Experts.Lora, "experts.lora", Require);
        PhaseCheck.Check(recipe.Experts.Training, "experts.training", Require, []);
        PhaseCheck.Check(recipe.Aggregator.Training, "aggregator.training", Require, []);
        RequireDistinct(recipe.Categories.Keys, "categories", Require);
        foreach (var (name, source) in recipe.Categories)
        {
            Require(source is not null, $"categories.{name}", "an object", null);
            CheckCategory(name, source!, path, Require);
        }
    }

    private static void CheckOptions(TrainingRecipe recipe, Action<bool, string, string, object?> require)
    {
        require(!recipe.LabelTeacher || recipe.Categories.Values.Any(source => source is null or { Capabilities.Count: > 0 }), "labelTeacher", "a category with capabilities, whose labels it learns from", "none");
        foreach (var (name, source) in recipe.Categories)
        {
            require(source is not { LabelTeacher: true, Capabilities.Count: 0 }, $"categories.{name}.labelTeacher", "capabilities, whose labels it learns from", "none");
        }

        if (recipe.Subsample is { } subsample)
        {
            require(subsample.ComparisonsPerPrompt is null or >= 1, "subsample.comparisonsPerPrompt", "at least 1", subsample.ComparisonsPerPrompt);
            require(subsample.Share is null or (> 0 and <= 1), "subsample.share", "a share above 0 and at most 1", subsample.Share);
            require(subsample.Flip is null or (>= 0 and <= 1), "subsample.flip", "a share between 0 and 1", subsample.Flip);
        }
    }

    private static void CheckLora(LoraSettings lora, string field, Action<bool, string, string, object?> require)
    {
        require(lora.Rank >= 1, $"{field}.rank", "at least 1", lora.Rank);
        require(lora.Alpha is null or > 0, $"{field}.alpha", "a number above 0", lora.Alpha);
        require(lora.Dropout is >= 0 and < 1, $"{field}.dropout", "a share of at least 0 and below 1", lora.Dropout);
        require(lora.Targets.Count > 0 && lora.Targets.Distinct().Count() == lora.Targets.Count, $"{field}.targets", "each projection once and at least one", $"[{string.Join(", ", lora.Targets)}]");
    }

    // Folders of the artefact: on some systems two names that differ by case alone are one folder.
    private static void RequireDistinct(IEnumerable<string> names, string field, Action<bool, string, string, object?> require)
    {
        var twice = names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        require(twice is null, field, "names that differ by more than case", string.Join(", ", twice ?? Enumerable.Empty<string>()));
    }

    private static void CheckCategory(string name, CategorySource source, string path, Action<bool, string, string, object?> require)
    {
        RequireName(name, "categories", path);
        require(source.Data.Count > 0, $"categories.{name}.data", "at least one file", "none");
        RequireDistinct(source.Capabilities.Keys, $"categories.{name}.capabilities", require);
        foreach (var (capability, from) in source.Capabilities)
        {
            require(from is not null, $"categories.{name}.capabilities.{capability}", "an object", null);
            RequireName(capability, $"categories.{name}.capabilities", path);
            require(!capability.Equals(ReservedCapability, StringComparison.OrdinalIgnoreCase), $"categories.{name}.capabilities", "another name (the category's base is kept under this one)", capability);
        }
    }

    /// <summary>Fails unless a category and its capabilities have names that can be folders of one artefact.</summary>
    /// <param name="category">The category.</param>
    /// <param name="capabilities">Its capabilities.</param>
    /// <param name="origin">Where they are named, for the error message.</param>
    internal static void CheckNames(string category, IReadOnlyList<string> capabilities, string origin)
    {
        CheckCategory(category, new CategorySource { Data = [""], Capabilities = capabilities.ToDictionary(name => name, _ => new CapabilitySource()) }, origin, (holds, field, expected, found) =>
        {
            if (!holds)
            {
                throw new InvalidDataException($"{origin}: {field}: expected {expected}, got {found}.");
            }
        });
    }

    // Names become folders of the artefact on any system.
    private static void RequireName(string name, string field, string path)
    {
        var fits = name.Length > 0 && name.Trim() == name && name[0] != '.' && name[^1] != '.' && name.All(letter => char.IsLetterOrDigit(letter) || " _-.".Contains(letter));
        if (!fits)
        {
            throw new InvalidDataException($"{path}: {field}: expected a name of letters, digits, blanks, '_', '-' and '.', got '{name}'.");
        }
    }
}
