using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Runs;

/// <summary>A trained model as the start of a run: what is unchanged is kept bit-equal, what is new is trained.</summary>
/// <remarks>
/// A category that the recipe trains as the model's was trained (same settings, same data) is kept whole. One with the same and more capabilities keeps base and
/// experts. Any other difference is an error: nothing of a model is thrown away unasked. A category that the recipe does not name is kept too; the router learns from
/// the prompts of all, so their data must be there.
/// </remarks>
public sealed class ModelGrowth
{
    private const string SettingAdvice = "Put that back, take the category out of the recipe to keep it as it is";
    private const string DataAdvice = "Bring those back";

    private readonly string _model;
    private readonly ArtefactManifest _manifest;
    private readonly Dictionary<string, TrainingRecipe> _before;
    private readonly TrainingReport _report;

    private ModelGrowth(string model, TrainingRecipe recipe, string recipeFolder)
    {
        var manifest = ArtefactFolder.ReadManifest(model);
        (_model, _manifest, RecipeFolder) = (model, manifest, recipeFolder);
        _before = manifest.Categories.ToDictionary(entry => entry.Name, RecipeThatTrained);
        _report = ReadReport(Path.Combine(model, RunFolder.MetricsName), manifest);
        var unnamed = manifest.Categories.Where(entry => !recipe.Categories.ContainsKey(entry.Name)).Select(entry => entry.Name).ToArray();
        Recipe = recipe with { Categories = unnamed.Select(name => KeyValuePair.Create(name, _before[name].Categories[name])).Concat(recipe.Categories).ToDictionary() };
        var named = manifest.Categories.Where(entry => recipe.Categories.ContainsKey(entry.Name)).ToArray();
        GrownCategory[] grown = [.. named.Select(entry => new GrownCategory(entry.Name, entry.Capabilities, [.. recipe.Categories[entry.Name].Capabilities.Keys.Except(entry.Capabilities)])).Where(category => category.Added.Count > 0)];
        Plan = new GrowthPlan(
            ModelIdentity.Of(model),
            [.. named.Select(entry => entry.Name).Except(grown.Select(category => category.Name))],
            unnamed,
            grown,
            [.. recipe.Categories.Keys.Except(manifest.Categories.Select(entry => entry.Name))]);
    }

    /// <summary>The recipe, with the model's other categories before its own.</summary>
    public TrainingRecipe Recipe { get; }

    /// <summary>Where its relative paths start.</summary>
    public string RecipeFolder { get; }

    /// <summary>What is kept, and what is trained.</summary>
    public GrowthPlan Plan { get; }

    /// <summary>Compares a recipe with a model; no data are read.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="recipe">The recipe, paths as its file gives them.</param>
    /// <param name="recipeFolder">Where its relative paths start.</param>
    /// <exception cref="InvalidDataException">The model is none, does not say what it was trained from, or the recipe changes what the model has.</exception>
    public static ModelGrowth Open(string model, TrainingRecipe recipe, string recipeFolder)
    {
        var growth = new ModelGrowth(model, recipe, recipeFolder);
        RecipeCheck.Check(growth.Recipe, $"The recipe with the categories of {model}");
        growth.CheckSettings(recipe);
        return growth;
    }

    /// <summary>Fails where a run's folder holds a run that grows from another model, or the model itself.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="growth">Null for a run that grows from none.</param>
    internal static void CheckFolder(string folder, ModelGrowth? growth) => GrowthFolder.Check(folder, growth?._model, growth?.Plan.From);

    /// <summary>The recipe by which a category's examples are cut: the one that trained it, where it is kept.</summary>
    internal TrainingRecipe RecipeOf(string category) => _before.GetValueOrDefault(category) ?? Recipe;

    /// <summary>Fails where the data of a kept category are not those that it was trained on.</summary>
    internal void CheckData(IEnumerable<CategoryData> training)
    {
        foreach (var data in training.Where(data => _before.ContainsKey(data.Category)))
        {
            var before = OriginOf(Entry(data.Category)).Data;
            var now = DataFingerprint.Of(data.Examples, Recipe.Categories[data.Category]);
            Require(now.Hash == before.Hash, data.Category, $"its data are not those that it was trained on: {Counts(now)} with hash {now.Hash}, in the model {Counts(before)} with hash {before.Hash}", DataAdvice);
            foreach (var (name, labels) in before.Capabilities)
            {
                Require(now.Capabilities[name] == labels, data.Category, $"the labels of capability '{name}' are not those that it was trained on: {now.Capabilities[name].Comparisons} comparisons with hash {now.Capabilities[name].Hash}, in the model {labels.Comparisons} with hash {labels.Hash}", DataAdvice);
            }
        }
    }

    /// <summary>Fails unless backbone, tokenizer and template are the model's.</summary>
    internal void CheckBackbone(string folder, Backbone backbone, ChatTemplate? template) => GrowthBackbone.Check(Path.Combine(_model, ArtefactFolder.BackboneName), folder, backbone, template);

    /// <summary>Reads what is kept. Every hash is compared, since these files are copied.</summary>
    /// <param name="backbone">The run's backbone.</param>
    /// <returns>The model's categories by name.</returns>
    internal IReadOnlyDictionary<string, KeptCategory> Load(Backbone backbone)
    {
        FileFingerprint.Check(_model, _manifest.Files, hashed: long.MaxValue);
        return _manifest.Categories.ToDictionary(entry => entry.Name, entry => new KeptCategory(Served(entry, backbone), _report.Categories[entry.Name]));
    }

    private static TrainingReport ReadReport(string path, ArtefactManifest manifest)
    {
        var report = TrainingReport.Read(path);
        return manifest.Categories.FirstOrDefault(entry => report.Categories.GetValueOrDefault(entry.Name)?.Fits is not [.., var fit] || fit.ExpertSteps.Count != entry.Capabilities.Count) is { } unknown
            ? throw new InvalidDataException($"{path}: expected how category '{unknown.Name}' and its {unknown.Capabilities.Count} experts were fitted, came nothing of the kind.")
            : report;
    }

    private ServedCategory Served(CategoryEntry entry, Backbone backbone)
    {
        var served = ArtefactFolder.ReadCategory(_model, entry, backbone);
        var source = Recipe.Categories[entry.Name];
        return served with
        {
            // Tests and their unit are the new recipe's: nothing that is kept was trained on them.
            Source = served.Source with { Test = source.Test, ResampleBy = source.ResampleBy },
            KeptFolders = entry.Capabilities.Prepend(ArtefactFolder.BaseName).ToDictionary(name => name, name => Path.Combine(_model, ArtefactFolder.ExpertsName, entry.Name, name)),
        };
    }

    private void CheckSettings(TrainingRecipe recipe)
    {
        Same("backbone.maxTokens", _manifest.MaxTokens, recipe.Backbone.MaxTokens);
        Same("backbone.tooLong (truncate or not)", _manifest.CutsResponses, recipe.Backbone.TooLong == TooLong.Truncate);
        foreach (var entry in _manifest.Categories.Where(entry => recipe.Categories.ContainsKey(entry.Name)))
        {
            if (CategoryRecipe.Difference(_before[entry.Name], recipe, entry.Name) is { } difference)
            {
                Require(false, entry.Name, $"field {difference.Field} is {difference.Now} in the recipe and {difference.Before} in the model", SettingAdvice);
            }
        }

        if (recipe.AssignUncategorised == UncategorisedRule.Router || _before.Values.Any(before => before.AssignUncategorised == UncategorisedRule.Router))
        {
            var where = recipe.AssignUncategorised == UncategorisedRule.Router ? "the recipe says router" : $"the model {_model} was trained with router";
            throw new InvalidDataException(
                $"Recipe, field assignUncategorised: expected drop or error where a run grows from a model, because a router of other categories would give kept ones other examples; {where}. Train without --from.");
        }

        foreach (var category in Plan.Grown.Where(category => recipe.TeachesLabels(recipe.Categories[category.Name])))
        {
            Require(false, category.Name, $"with labelTeacher its base learns from the labels of all its capabilities, so {string.Join(", ", category.Added)} would make another base", SettingAdvice);
        }

        foreach (var category in Plan.Grown.Where(category => category.Kept.Count == 0 && recipe.Phases.Split is not null))
        {
            Require(false, category.Name, "its base, trained without capabilities, has seen all its prompts, and phases.split needs prompts that the base never saw", SettingAdvice);
        }

        foreach (var path in Plan.Unnamed.SelectMany(name => Recipe.Resolve(RecipeFolder).Categories[name] is var source ? source.Data.Concat(source.Test) : []).Where(path => Path.IsPathRooted(path) && !File.Exists(path)))
        {
            throw new InvalidDataException($"{path}: no such file. The model {_model} was trained on it, and the router needs the prompts of all categories: put it there, or name its category in the recipe with the place of its data.");
        }
    }

    private void Same<T>(string field, T before, T now)
    {
        if (!EqualityComparer<T>.Default.Equals(before, now))
        {
            throw new InvalidDataException($"Recipe, field {field}: the model {_model} was trained with {before}, the recipe says {now}; a model can grow with the same value only.");
        }
    }

    private void Require(bool holds, string category, string what, string advice)
    {
        if (!holds)
        {
            throw new InvalidDataException($"Category '{category}' of the model {_model} cannot be kept: {what}. {advice}, or train without --from.");
        }
    }

    private TrainingRecipe RecipeThatTrained(CategoryEntry entry) =>
        CategoryRecipe.Read(OriginOf(entry).Recipe, $"{Path.Combine(_model, ArtefactFolder.ManifestName)}, recipe of category {entry.Name}");

    private CategoryOrigin OriginOf(CategoryEntry entry) => entry.Origin
        ?? throw new InvalidDataException($"{_model} does not say what its category '{entry.Name}' was trained from (it was imported, or a version of dmoerm before this one wrote it), so it cannot be grown: train without --from.");

    private CategoryEntry Entry(string category) => _manifest.Categories.First(entry => entry.Name == category);

    private static string Counts(DataFingerprint data) => $"{data.Prompts} prompts, {data.Responses} responses, {data.Comparisons} comparisons";
}
