using System.Text.Json;

namespace Dmoerm.Tests.Evaluation;

/// <summary>The committed reference values of metrics (numpy, scipy, scikit-learn).</summary>
internal static class LossReference
{
    public static JsonDocument Open(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "losses", name)));

    public static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];
}
