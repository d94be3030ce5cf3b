namespace Dmoerm.Cli.Drafts;

/// <summary>The JSON Schema of recipes, as an editor reads it; made from <see cref="Training.Settings.TrainingRecipe"/> and kept in <c>recipes/</c>, where a test compares the two.</summary>
internal static class RecipeSchema
{
    /// <summary>The file's name beside a recipe.</summary>
    public const string FileName = "recipe.schema.json";

    /// <summary>The schema.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(RecipeSchema).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
