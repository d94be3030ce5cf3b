using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Splits;
using Dmoerm.Routing;
using Dmoerm.Training.Examples;

namespace Dmoerm.Training.Categories;

/// <summary>Gives examples without a category to categories, as the trained router says; the router itself learns nothing from them.</summary>
/// <remarks>
/// A prompt goes to the category with the highest logit among those that learn from its file, read as that category reads its rows. What shares a unit with a validation part,
/// of any category, is left out. Source: paper, section 1.3: the outer layer labels what is not labelled; keeping validation and test free of it is ours.
/// </remarks>
/// <param name="context">What the run shares.</param>
/// <param name="training">What was read of each category, in the router's order.</param>
/// <param name="parts">The same, cut.</param>
internal sealed class Assignment(TrainingContext context, IReadOnlyList<CategoryData> training, IReadOnlyList<CategoryParts> parts)
{
    private const string Place = "assignment";

    /// <summary>Assigns.</summary>
    /// <param name="router">The trained router.</param>
    /// <param name="found">What was counted.</param>
    /// <returns>The categories' parts with what they were given, and the counts.</returns>
    public (IReadOnlyList<CategoryParts> Parts, UncategorisedReport Report) Run(TaskRouter router, UncategorisedReport found)
    {
        var (mine, tooLong) = Choose(router);
        var free = new List<PreferenceExample>[parts.Count];
        var inValidation = 0;
        for (var category = 0; category < parts.Count; category++)
        {
            free[category] = OutsideValidation(mine[category]);
            inValidation += mine[category].Count - free[category].Count;
            foreach (var example in free[category])
            {
                // Known to the encoder from here on: counted as cut or left out.
                _ = context.Encoder.Encode(parts[category].Category, example);
            }
        }

        return (
            [.. parts.Select((cut, category) => free[category].Count == 0 ? cut : CategoryParts.Cut(context.Recipe, training[category], cut.Source, free[category]))],
            found with { Assigned = parts.Select((cut, category) => (cut.Category, free[category].Count)).ToDictionary(), InValidation = inValidation, TooLong = tooLong });
    }

    // Each category has its own reading of a row; that of the chosen category is kept.
    private (List<PreferenceExample>[] Mine, int TooLong) Choose(TaskRouter router)
    {
        var waiting = training.SelectMany((data, category) => data.Uncategorised.Select(example => (example.Example, example.Takers, Category: category, Row: context.Encoder.RouterRow(example.Example)))).ToArray();
        var read = waiting.Where(entry => entry.Row is not null).ToArray();
        List<PreferenceExample>[] mine = [.. parts.Select(_ => new List<PreferenceExample>())];
        // Counted by the first of those that might get it.
        var tooLong = waiting.Count(entry => entry.Row is null && entry.Takers[0] == parts[entry.Category].Category);
        if (read.Length == 0)
        {
            return (mine, tooLong);
        }

        // Once a prompt, whoever reads it: two computations could differ in the last digit, and give it to two categories or to none.
        EncodedConversation[] rows = [.. read.Select(entry => entry.Row!).DistinctBy(PromptOf)];
        using var scope = NewDisposeScope();
        // Kept like any stage: a run that goes on must not ask again.
        var logit_NC = context.Once(Place, () => new RouterTraining(context).Logits(router, rows)).data<float>().ToArray();
        var place = rows.Index().ToDictionary(row => PromptOf(row.Item), row => row.Index);
        foreach (var (example, takers, category, row) in read)
        {
            var logit_C = logit_NC.AsSpan(place[PromptOf(row!)] * parts.Count, parts.Count);
            if (Best(logit_C, takers) == category)
            {
                mine[category].Add(example);
            }
        }

        return (mine, tooLong);
    }

    private static string PromptOf(EncodedConversation row) => string.Join(' ', row.Ids.Take(row.PromptLength));

    private int Best(ReadOnlySpan<float> logit_C, IReadOnlyList<string> takers)
    {
        var best = -1;
        for (var category = 0; category < parts.Count; category++)
        {
            if (takers.Contains(parts[category].Category) && (best < 0 || logit_C[category] > logit_C[best]))
            {
                best = category;
            }
        }

        return best;
    }

    private List<PreferenceExample> OutsideValidation(List<PreferenceExample> examples)
    {
        var stands = examples.Select(example => new int[example.Responses.Count]).ToArray();
        foreach (var category in parts)
        {
            Mark(examples, stands, category.Outer.Parts[1], category.Source.GroupBy);
        }

        var free = new List<PreferenceExample>();
        foreach (var (example, stand) in examples.Zip(stands))
        {
            var cut = Partition.Cut(example, stand, 0);
            if (cut.Responses.Count > 0 && (cut.Comparisons.Count > 0 || example.Comparisons.Count == 0))
            {
                free.Add(cut);
            }
        }

        return free;
    }

    // Units of both together, so that a near-duplicate of a validation prompt is seen.
    private static void Mark(List<PreferenceExample> examples, int[][] stands, IReadOnlyList<PreferenceExample> validation, string groupBy)
    {
        int[] comparable = [.. Enumerable.Range(0, examples.Count).Where(index => !UnitKeys.IsField(groupBy) || examples[index].Fields.ContainsKey(groupBy))];
        var keys = UnitKeys.Of([.. validation, .. comparable.Select(index => examples[index])], groupBy);
        var taken = keys.Take(validation.Count).SelectMany(units => units).ToHashSet();
        foreach (var (index, units) in comparable.Zip(keys.Skip(validation.Count)))
        {
            for (var response = 0; response < units.Count; response++)
            {
                stands[index][response] |= taken.Contains(units[response]) ? 1 : 0;
            }
        }
    }
}
