using System.Text.Json;
using Dmoerm.Evaluation.Benchmarks;

namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>Predictions and the scores that each benchmark's own code gives for them.</summary>
internal static class BenchmarkReference
{
    public static JsonElement Expected(string folder) => JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("benchmarks", folder, "expected.json")));

    public static JsonElement[] Rows(string folder, string file = "predictions.jsonl") => TestFolders.ReadLines(TestFolders.Fixture("benchmarks", folder, file));

    /// <summary>A number; null is not a number.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();

    public static double Number(JsonElement row, string field) => Number(row.GetProperty(field));

    public static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    public static string Text(JsonElement row, string field) => row.GetProperty(field).GetString()!;

    /// <summary>An item of given rewards.</summary>
    public static BenchmarkItem<double> Item(string subset, double[] right, double[] wrong, string part = "", bool rightFirst = true, string id = "x") =>
        new() { Id = id, Subset = subset, Part = part, Right = right, Wrong = wrong, RightFirst = rightFirst };

    /// <summary>Every number of an object is that of a report, to 1e-12.</summary>
    /// <returns>How many were compared.</returns>
    public static int AssertAll(JsonElement expected, Func<string, double?> came, double unit = 1)
    {
        foreach (var entry in expected.EnumerateObject())
        {
            Assert.Equal(entry.Value.GetDouble() / unit, came(entry.Name)!.Value, 1e-12);
        }

        return expected.EnumerateObject().Count();
    }
}
