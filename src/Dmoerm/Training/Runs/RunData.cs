using System.Globalization;
using System.IO.Hashing;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Runs;

/// <summary>Everything that a recipe's files hold.</summary>
/// <param name="Training">The categories' training examples, in the recipe's order.</param>
/// <param name="Parts">The same, cut.</param>
/// <param name="Hash">Fingerprint of all files, test files included.</param>
/// <param name="TestResponses">How many responses test files hold, for estimates; nothing else of them is kept.</param>
public sealed record RunData(IReadOnlyList<CategoryData> Training, IReadOnlyList<CategoryParts> Parts, string Hash, int TestResponses)
{
    /// <summary>How each file was read, test files too; one that several categories share stands here once.</summary>
    public IReadOnlyList<FileReport> Files { get; init; } = [];

    /// <summary>Rows without a category in files that several categories list; null where there are none.</summary>
    public UncategorisedReport? Uncategorised { get; init; }

    /// <summary>Examples wait until the router is trained and gives them to categories.</summary>
    public bool AwaitsRouter => Training.Any(category => category.Uncategorised.Count > 0);

    /// <summary>Reads and cuts the training files. Test files are checked for form, so that a broken row does not stop a run at its end; nothing of them is kept.</summary>
    /// <param name="recipe">With absolute paths.</param>
    /// <param name="growth">The model that the run grows from: its categories are cut as they were when they were trained. Null for none.</param>
    /// <exception cref="InvalidDataException">A file is missing, a row does not fit, a category has no row, a capability no label, or there is too little to cut.</exception>
    public static RunData Read(TrainingRecipe recipe, ModelGrowth? growth = null)
    {
        var hash = HashOf(recipe);
        var shared = new SharedFiles(recipe.Categories, recipe.AssignUncategorised);
        CategoryData[] training = [.. recipe.Categories.Select(pair => CategoryReader.Read(pair.Key, pair.Value, pair.Value.Data, shared: shared))];
        growth?.CheckData(training);
        CategoryParts[] parts = [.. training.Select(data => CategoryParts.Cut(growth?.RecipeOf(data.Category) ?? recipe, data, recipe.Categories[data.Category]))];
        CategoryData[] test = [.. recipe.Categories.Where(category => category.Value.Test.Count > 0).Select(category => ReadTest(recipe, category.Key))];
        return new RunData(training, parts, hash, test.Sum(data => data.Report.Responses))
        {
            Files = [.. training.Concat(test).SelectMany(data => data.Report.Files).Distinct()],
            Uncategorised = UncategorisedReport.Of(training, test, recipe.AssignUncategorised),
        };
    }

    /// <summary>A category's test examples; they need not carry capability labels.</summary>
    /// <param name="recipe">With absolute paths.</param>
    /// <param name="category">The category.</param>
    public static CategoryData ReadTest(TrainingRecipe recipe, string category)
    {
        var source = recipe.Categories[category];
        return CategoryReader.Read(category, source, source.Test, needsCapabilities: false, new SharedFiles(recipe.Categories, recipe.AssignUncategorised).ForTests());
    }

    /// <summary>Fingerprint of all files in the recipe's order, wherever they lie.</summary>
    /// <exception cref="InvalidDataException">A file is missing.</exception>
    public static string HashOf(TrainingRecipe recipe)
    {
        var hash = new XxHash128();
        foreach (var (category, source) in recipe.Categories)
        {
            AppendFiles(hash, $"categories.{category}.data", source.Data);
            AppendFiles(hash, $"categories.{category}.test", source.Test);
        }

        return hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);
    }

    private static void AppendFiles(XxHash128 hash, string field, IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"{path}: no such file; the recipe's field {field} names it.");
            }

            using var file = File.OpenRead(path);
            hash.Append(file);
        }
    }
}
