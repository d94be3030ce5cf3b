using System.Text.Json.Serialization;
using Dmoerm.Data.Categories;

namespace Dmoerm.Training.Examples;

/// <summary>What became of rows without a category in files that several categories list.</summary>
public sealed record UncategorisedReport
{
    /// <summary>Training rows, each once.</summary>
    public required int Rows { get; init; }

    /// <summary>Test rows, each once; they are left out.</summary>
    public required int TestRows { get; init; }

    /// <summary>The training rows are, or were, for the router to assign; false where they are left out.</summary>
    public required bool Routed { get; init; }

    /// <summary>Prompts that the router gave to each category, of which it learns; null before, and where the rows are left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, int>? Assigned { get; init; }

    /// <summary>Prompts that the router would have assigned and that are left out because a unit of theirs stands in a category's validation part.</summary>
    public int InValidation { get; init; }

    /// <summary>Prompts that no router reads, because every response is too long.</summary>
    public int TooLong { get; init; }

    /// <summary>The same for people.</summary>
    [JsonIgnore]
    public IEnumerable<string> Sentences
    {
        get
        {
            if (Rows > 0)
            {
                yield return $"{Rows} row{(Rows == 1 ? "" : "s")} without a category in files that several categories list: {Fate}";
            }

            if (TestRows > 0)
            {
                yield return $"{TestRows} test row{(TestRows == 1 ? "" : "s")} without a category in files that several categories list: left out.";
            }
        }
    }

    private string Fate => (Routed, Assigned) switch
    {
        (false, _) => "left out.",
        (_, null) => "the router assigns them once it is trained; the categories' counts and the times do not have them.",
        (_, { } assigned) => $"learnt from as the router assigned them, prompts of {string.Join(", ", assigned.Select(category => $"{category.Key} {category.Value}"))}"
            + $"{(InValidation > 0 ? $"; {InValidation} prompts left out because they share units with a validation part" : "")}{(TooLong > 0 ? $"; {TooLong} left out as too long" : "")}.",
    };

    /// <summary>Counts what was read.</summary>
    /// <param name="training">The categories' training rows.</param>
    /// <param name="test">The categories' test rows.</param>
    /// <param name="rule">What becomes of training rows.</param>
    /// <returns>Null where there is no such row.</returns>
    internal static UncategorisedReport? Of(IReadOnlyList<CategoryData> training, IReadOnlyList<CategoryData> test, UncategorisedRule rule)
    {
        var (rows, testRows) = (CountOf(training), CountOf(test));
        return rows + testRows == 0 ? null : new UncategorisedReport { Rows = rows, TestRows = testRows, Routed = rule == UncategorisedRule.Router };
    }

    // Every category that lists a file has counted its rows.
    private static int CountOf(IReadOnlyList<CategoryData> read) => read.SelectMany(data => data.UncategorisedRows).DistinctBy(file => file.Key).Sum(file => file.Value);
}
