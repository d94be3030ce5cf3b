using System.Globalization;
using System.IO.Hashing;
using Dmoerm.Data;

namespace Dmoerm.Training;

/// <summary>Everything that a recipe's files hold.</summary>
/// <param name="Training">The categories' training examples, in the recipe's order.</param>
/// <param name="Hash">Fingerprint of all files, test files included.</param>
public sealed record RunData(IReadOnlyList<CategoryData> Training, string Hash)
{
    /// <summary>Reads the training files; of test files only the fingerprint is taken.</summary>
    /// <param name="recipe">With absolute paths.</param>
    /// <exception cref="InvalidDataException">A row does not fit, a category has no row, a capability no label.</exception>
    public static RunData Read(TrainingRecipe recipe)
    {
        var hash = new XxHash128();
        foreach (var path in recipe.Categories.Values.SelectMany(source => source.Data.Concat(source.Test)).Distinct().Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            hash.Append(file);
        }

        return new RunData(
            [.. recipe.Categories.Select(pair => CategoryReader.Read(pair.Key, pair.Value, pair.Value.Data))],
            hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture));
    }
}
