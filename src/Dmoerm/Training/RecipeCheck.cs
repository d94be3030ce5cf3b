using Dmoerm.Data;

namespace Dmoerm.Training;

/// <summary>What a recipe's types alone cannot hold.</summary>
internal static class RecipeCheck
{
    private const string ReservedCapability = "base";

    /// <summary>Fails on the first value that makes no sense, naming its field.</summary>
    public static void Check(TrainingRecipe recipe, string path)
    {
        void Require(bool holds, string field, string expected, object? found)
        {
            if (!holds)
            {
                throw new InvalidDataException($"{path}: {field}: expected {expected}, got {found ?? "null"}.");
            }
        }

        RequireName(recipe.Name, "name", path);
        Require(recipe.Categories.Count > 0, "categories", "at least one category", "none");
        Require(recipe.ValidationShare is > 0 and < 1, "validationShare", "a share between 0 and 1", recipe.ValidationShare);
        Require(recipe.Phases.CrossFit is null || recipe.Phases.Split is null, "phases", "either crossFit or split", "both");
        Require(recipe.Phases.CrossFit is null or >= 2, "phases.crossFit", "at least 2 folds", recipe.Phases.CrossFit);
        Require(recipe.Phases.Split is null or (> 0 and < 1), "phases.split", "a share between 0 and 1", recipe.Phases.Split);
        Require(recipe.Backbone.MaxTokens >= 8, "backbone.maxTokens", "at least 8", recipe.Backbone.MaxTokens);
        Require(recipe.Aggregator.Width >= 1, "aggregator.width", "at least 1", recipe.Aggregator.Width);
        Require(recipe.Aggregator.Kind != Aggregation.AggregatorKind.Base, "aggregator.kind", "rewards or embeddings", "base");
        Require(recipe.Base.Head != HeadStart.Base, "base.head", "linear or random", "base");
        CheckPhase(recipe.Base.Training, "base.training", Require);
        CheckPhase(recipe.Experts.Training, "experts.training", Require);
        CheckPhase(recipe.Aggregator.Training, "aggregator.training", Require);
        foreach (var (name, source) in recipe.Categories)
        {
            CheckCategory(name, source, path, Require);
        }
    }

    private static void CheckPhase(PhaseSettings phase, string field, Action<bool, string, string, object?> require)
    {
        require(phase.LearningRates.Count > 0 && phase.LearningRates.All(rate => rate > 0), $"{field}.learningRates", "at least one rate above 0", string.Join(", ", phase.LearningRates));
        require(phase.Epochs >= 1, $"{field}.epochs", "at least 1", phase.Epochs);
        require(phase.Patience >= 1, $"{field}.patience", "at least 1", phase.Patience);
        require(phase.ValidationsPerEpoch >= 1, $"{field}.validationsPerEpoch", "at least 1", phase.ValidationsPerEpoch);
        require(phase.Batch.Responses is null || phase.Batch.Comparisons is null, $"{field}.batch", "either responses or comparisons", "both");
        require(phase.Batch.Responses is null or >= 2, $"{field}.batch.responses", "at least 2", phase.Batch.Responses);
        require(phase.Batch.Comparisons is null or >= 1, $"{field}.batch.comparisons", "at least 1", phase.Batch.Comparisons);
        require(phase.ClipNorm is null or > 0, $"{field}.clipNorm", "a norm above 0", phase.ClipNorm);
    }

    private static void CheckCategory(string name, CategorySource source, string path, Action<bool, string, string, object?> require)
    {
        RequireName(name, "categories", path);
        require(source.Data.Count > 0, $"categories.{name}.data", "at least one file", "none");
        foreach (var capability in source.Capabilities.Keys)
        {
            RequireName(capability, $"categories.{name}.capabilities", path);
            require(!capability.Equals(ReservedCapability, StringComparison.OrdinalIgnoreCase), $"categories.{name}.capabilities", "another name (the category's base is kept under this one)", capability);
        }
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
