using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Scoring;

/// <summary>The check of <c>--category</c>, once the model is there to ask.</summary>
internal static class Categories
{
    /// <summary>Refuses a category that the model does not have.</summary>
    /// <exception cref="UsageException">The name is none of the model's.</exception>
    public static void Check(string? name, IReadOnlyList<CategoryProfile> categories)
    {
        if (name is not null && categories.All(profile => profile.Name != name))
        {
            throw new UsageException($"The model has no category '{name}'; it has {(categories.Count == 0 ? "none" : string.Join(", ", categories.Select(profile => profile.Name)))}.");
        }
    }
}
