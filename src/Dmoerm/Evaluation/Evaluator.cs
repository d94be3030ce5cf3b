using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Splits;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation;

/// <summary>Judges a model on comparisons that people made.</summary>
/// <remarks>
/// Rewards are those of the category that the router chooses, as in use, unless <see cref="Category"/> is set; agreement given the rows' own
/// category stands beside it. Conversations over the model's limit are cut and counted. A capability's agreement is that of the own category's expert, by its own reward. Source: ours.
/// </remarks>
public sealed class Evaluator
{
    private readonly IReadOnlyList<CategoryProfile> _categories;
    private readonly Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>> _score;

    /// <summary>Will judge a model.</summary>
    /// <param name="model">Stays the caller's to dispose.</param>
    /// <exception cref="ArgumentException">The model gives attributes, and nobody has said how they make one reward.</exception>
    public Evaluator(IRewardModel model) : this(model.Categories, model.Score)
    {
        if (model is ClassifierModel { GivesReward: false } several)
        {
            throw new ArgumentException(LacksReward(several), nameof(model));
        }
    }

    /// <summary>Will judge whatever scores: the laws of evaluation hold for any rewards.</summary>
    internal Evaluator(IReadOnlyList<CategoryProfile> categories, Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>> score)
    {
        _categories = categories;
        _score = score;
    }

    /// <summary>Score every response with this category's model, whatever the router says; null asks the router.</summary>
    public string? Category { get; init; }

    /// <summary>Takes the place of every category's <see cref="CategorySource.GroupBy"/>; null keeps them.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Takes the place of every category's <see cref="CategorySource.ResampleBy"/>; null keeps them.</summary>
    public string? ResampleBy { get; init; }

    /// <summary>Takes the place of every category's <see cref="CategorySource.Gap"/>; null keeps them.</summary>
    public double? Gap { get; init; }

    /// <summary>Longest conversation in tokens; null takes the model's.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Told the stage, how many conversations are scored, and of how many.</summary>
    public Action<string, int, int>? Progress { get; init; }

    /// <summary>Told of each file how it was read.</summary>
    public Action<FileReport>? FileRead { get; init; }

    /// <summary>Why a model of several attributes cannot be judged yet.</summary>
    internal static string LacksReward(ClassifierModel model) =>
        $"The model gives {model.Profile.Labels.Count} attributes and no reward: {string.Join(", ", model.Profile.Labels)}. Comparisons need one reward: say with weights how the attributes make it (--weights label=weight,...).";

    /// <summary>Reads files of one or more categories, each row as the model's training read its category.</summary>
    /// <param name="files">Preference files.</param>
    /// <param name="format">Name of the row format; null recognises it.</param>
    /// <exception cref="InvalidDataException">A row does not fit, or lacks a unit's field.</exception>
    public IReadOnlyList<PreferenceExample> Read(IReadOnlyList<string> files, string? format = null) =>
        MixedReader.Read(files, format, row => (NameOf(row), SourceOf(NameOf(row))), FileRead);

    /// <summary>Scores every distinct conversation once and compares with what people preferred.</summary>
    /// <param name="examples">Examples with comparisons; their categories are the model's names or others.</param>
    /// <exception cref="ArgumentException"><see cref="Category"/> is none of the model's.</exception>
    /// <exception cref="InvalidDataException">A conversation cannot be scored, or a row lacks a unit's field.</exception>
    public Judgement Evaluate(IReadOnlyList<PreferenceExample> examples)
    {
        CheckCategory();
        var explain = examples.Any(example => Profile(example.Category) is { Capabilities.Count: > 0 });
        var scores = new ConversationScores(_score, new ScoreOptions { Explain = explain, MaxTokens = MaxTokens, Truncate = true }, Progress);
        int[][] conversations = [.. examples.Select(example => Ask(scores, example))];
        scores.Score(Category);
        var units = Units(examples);
        var temperatures = _categories.ToDictionary(profile => profile.Name, profile => profile.Temperature);
        var judges = examples.Select((example, k) => new ExampleJudge(example, Known(example.Category), scores, conversations[k], units[k], temperatures)).ToList();
        return new Judgement
        {
            Overall = [.. judges.SelectMany(judge => judge.Overall())],
            GivenCategory = [.. judges.SelectMany(judge => judge.GivenCategory())],
            Capabilities = [.. judges.SelectMany(judge => judge.Capabilities())],
            Profiles = _categories,
            // Temperatures are fitted where categories are trained.
            HasTemperatures = _categories.Count > 0,
            Router = Category is null && _categories.Count > 1 ? Routing(judges) : null,
            Correlations = _categories
                .Select(profile => (profile.Name, Value: ExpertCorrelations.Of(profile.Capabilities, scores.Given(profile.Name))))
                .Where(category => category.Value is not null)
                .ToDictionary(category => category.Name, category => category.Value!),
            Notes = [.. NotesOn(examples), .. NotesOn(scores.Fallbacks()), .. scores.Cuts().Select(cut => $"{cut.Count} conversations were longer than the model takes: {cut.What} cut.")],
        };
    }

    /// <summary>Puts benchmarks to the model, each scored by its own rule; <see cref="Category"/> and <see cref="MaxTokens"/> hold here too, and rewards are those of the category that the router chooses otherwise.</summary>
    /// <param name="sets">Benchmarks, each once.</param>
    /// <returns>The reports by the benchmarks' names.</returns>
    /// <exception cref="ArgumentException"><see cref="Category"/> is none of the model's.</exception>
    /// <exception cref="InvalidDataException">A conversation cannot be scored, or a rule has no answer for a reward that is not a number.</exception>
    public IReadOnlyDictionary<string, BenchmarkReport> EvaluateBenchmarks(IReadOnlyList<BenchmarkSet> sets)
    {
        CheckCategory();
        var options = new ScoreOptions { MaxTokens = MaxTokens, Truncate = true };
        return new BenchmarkJudge(new ConversationScores(_score, options, (stage, done, total) => Progress?.Invoke($"{stage} benchmarks", done, total))).Judge(sets, Category);
    }

    private void CheckCategory()
    {
        if (Category is not null && Profile(Category) is null)
        {
            throw new ArgumentException($"The model has no category '{Category}'; it has {string.Join(", ", _categories.Select(profile => profile.Name))}.");
        }
    }

    private int[] Ask(ConversationScores scores, PreferenceExample example)
    {
        var own = Known(example.Category);
        var compared = example.Comparisons.SelectMany(comparison => new[] { comparison.I, comparison.J }).ToHashSet();
        return [.. example.Responses.Select((response, k) => compared.Contains(k) ? scores.Ask(example.Prompt, response.Messages, example.Tools, own, example.Origin.Length > 0 ? example.Origin : example.Id) : -1)];
    }

    private RouterFigure? Routing(List<ExampleJudge> judges)
    {
        // One prompt, one vote: humour's eleven thousand rows share theirs.
        var prompts = judges.Select(judge => judge.Route()).OfType<(string Prompt, string Own, string Chosen)>().DistinctBy(route => route.Prompt).ToList();
        return prompts.Count == 0 ? null : RouterFigure.Of([.. _categories.Select(profile => profile.Name)], [.. prompts.Select(route => (route.Own, route.Chosen))]);
    }

    private IReadOnlyList<string>[] Units(IReadOnlyList<PreferenceExample> examples)
    {
        var units = new IReadOnlyList<string>[examples.Count];
        foreach (var category in Enumerable.Range(0, examples.Count).GroupBy(k => examples[k].Category))
        {
            int[] members = [.. category];
            var source = SourceOf(category.Key);
            var keys = UnitKeys.Of([.. members.Select(k => examples[k])], source.ResampleBy ?? source.GroupBy);
            foreach (var (member, key) in members.Zip(keys))
            {
                units[member] = key;
            }
        }

        return units;
    }

    private IEnumerable<string> NotesOn(IReadOnlyList<PreferenceExample> examples)
    {
        var compared = examples.Where(example => example.Comparisons.Any(comparison => comparison.Capability is null)).ToList();
        if (compared.Count(example => example.Category is null) is > 0 and var without)
        {
            yield return $"{without} examples have no category: they count in the figures over all only.";
        }

        foreach (var unknown in compared.Where(example => _categories.Count > 0 && example.Category is not null && Known(example.Category) is null).GroupBy(example => example.Category).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            yield return $"{unknown.Count()} examples are of category '{unknown.Key}', which the model does not know: they have no agreement given the category.";
        }

        if (examples.Count(example => example.Comparisons.Count == 0) is > 0 and var uncompared)
        {
            yield return $"{uncompared} examples hold no comparison: unrated, or all scores within the gap.";
        }
    }

    private static IEnumerable<string> NotesOn((int Count, int Of)? fallbacks) =>
        fallbacks is { } known ? [$"The router was unsure of {known.Count} of {known.Of} conversations: their rewards mix the two most probable categories."] : [];

    // A row's category is the model's name for it, or what the recipe said that rows call it.
    private string? NameOf(string? row) =>
        row is null ? Category ?? (_categories.Count == 1 ? _categories[0].Name : null)
        : (_categories.FirstOrDefault(profile => (profile.Source.RowCategory ?? profile.Name) == row) ?? Profile(row))?.Name ?? row;

    private CategorySource SourceOf(string? category)
    {
        var source = Profile(category)?.Source ?? new CategorySource();
        return source with { Gap = Gap ?? source.Gap, GroupBy = GroupBy ?? source.GroupBy, ResampleBy = ResampleBy ?? source.ResampleBy };
    }

    private string? Known(string? category) => Profile(category)?.Name;

    private CategoryProfile? Profile(string? category) => _categories.FirstOrDefault(profile => profile.Name == category);
}
