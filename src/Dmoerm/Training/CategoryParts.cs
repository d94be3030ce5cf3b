using Dmoerm.Data;

namespace Dmoerm.Training;

/// <summary>Cuts a category's examples into what is learnt from and what validates.</summary>
internal static class CategoryParts
{
    /// <summary>The training part, then the validation part; no unit is in both.</summary>
    /// <exception cref="InvalidDataException">There are too few units to cut.</exception>
    public static PartitionResult Cut(TrainingRecipe recipe, CategoryData data, CategorySource source) =>
        Partition.Split(data.Examples, source.GroupBy, [1 - recipe.ValidationShare, recipe.ValidationShare], Seed.Of(recipe.Seed, $"{data.Category}/validation"));
}
