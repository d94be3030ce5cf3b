using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Evaluation;

namespace Dmoerm.Tests.Evaluation;

public class EvaluatorTests
{
    // Three prompts: more and less routed to themselves, and a row of more whose prompt the router takes for less.
    private static readonly PreferenceExample[] Examples =
    [
        Example("more", "more please", ["aaa", "a", "bb"], new Comparison(0, 1, 1), new Comparison(1, 0, 0), new Comparison(0, 1, 0.5), new Comparison(2, 1, 1, "bees"), new Comparison(0, 2, 1, "bees")),
        Example("less", "less please", ["aa", "a"], new Comparison(1, 0, 1)),
        Example("more", "hidden", ["aa", "a"], new Comparison(0, 1, 1)),
    ];

    [Fact]
    public void Evaluate_ByHand_GivesEveryFigure()
    {
        var report = Judge(new LetterModel()).Report();
        // Routed: more 2 of 2 right, less 1 of 1, the hidden one wrong.
        Assert.Equal((4, 1, 0), (report.Comparisons, report.LabelTies, report.RewardTies));
        Assert.Equal(0.75, report.Agreement);
        Assert.Equal(1.0, report.AgreementGivenCategory);
        // Longer: aaa over a twice, a over aa wrong, aa over a.
        Assert.Equal(0.75, report.LongerWins);
        Assert.Equal(["more", "less"], report.Categories.Keys);
        Assert.Equal(2.0 / 3, report.Categories["more"].Agreement!.Value, 1e-12);
        Assert.Equal((2.0 / 3 + 1) / 2, report.CategoryMean!.Value, 1e-12);
        // bees: bb over a is right, aaa over bb is wrong.
        Assert.Equal((2, 0.5, 0.5), (report.Categories["more"].Capabilities["bees"].Comparisons, report.Categories["more"].Capabilities["bees"].Agreement, report.Categories["more"].Capabilities["bees"].AgreementGivenCategory));
        Assert.Empty(report.Categories["less"].Capabilities);
        Assert.Equal((2.0 / 3, 3), (report.Router!.Accuracy, report.Router.Prompts));
        // The hidden prompt is of more and goes to less.
        Assert.Equal([("more", 1, 1), ("less", 0, 1)], report.Router.Confusion.Select(own => (own.Key, own.Value["more"], own.Value["less"])));
        // All three responses of more, and the two of the hidden prompt: letters a and letters b.
        Assert.Equal((5, 1), (report.Categories["more"].Correlations!.Responses, report.Categories["more"].Correlations!.Matrix.Count));
        Assert.Null(report.Categories["less"].Correlations);
        Assert.Null(report.Interval);
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void Evaluate_Conversations_AreScoredOnceAndAgainOnlyWhereTheRouteDiffers()
    {
        var model = new LetterModel();
        new Evaluator(LetterModel.Categories, model.Score).Evaluate([.. Examples, .. Examples]);
        Assert.Equal(7, model.Asked.Count(request => request.Category is null));
        Assert.Equal(["more", "more"], model.Asked.Select(request => request.Category).OfType<string>());
        Assert.All(model.Asked.Where(request => request.Category is not null), request => Assert.Equal("hidden", request.Prompt[0].Content));
    }

    [Fact]
    public void Evaluate_CategoryGiven_OverridesRouterAndRow()
    {
        var model = new LetterModel();
        var report = new Evaluator(LetterModel.Categories, model.Score) { Category = "less" }.Evaluate(Examples).Report();
        Assert.Equal(0.25, report.Agreement);
        Assert.Equal(1.0, report.AgreementGivenCategory);
        Assert.Null(report.Router);
        Assert.Equal(0.5, report.Categories["more"].Capabilities["bees"].Agreement);
    }

    [Fact]
    public void Evaluate_Temperatures_AreThoseOfTheCategoryThatScored()
    {
        CategoryProfile[] profiles = [LetterModel.Categories[0] with { Temperature = 2 }, LetterModel.Categories[1] with { Temperature = 4 }];
        var report = new Evaluator(profiles, new LetterModel().Score).Evaluate(Examples).Report();
        Assert.Equal([2, 4], report.Categories.Values.Select(category => category.Calibration!.Temperature));
        Assert.Equal((4, null), (report.Calibration!.Comparisons, report.Calibration.Temperature));
        // more: twice aaa against a by its own model, 2 / 2; the hidden aa against a by less, -1 / 4.
        double Nll(double logit) => Math.Log(1 + Math.Exp(-logit));
        Assert.Equal((2 * Nll(1) + Nll(-0.25)) / 3, report.Categories["more"].Calibration!.After.Nll, 1e-12);
        Assert.Equal((2 * Nll(2) + Nll(-1)) / 3, report.Categories["more"].Calibration!.Before.Nll, 1e-12);
    }

    [Fact]
    public void Report_ModelWithoutTemperatures_SaysNothingOfCalibration()
    {
        var report = (Judge(new LetterModel()) with { HasTemperatures = false }).Report();
        Assert.Null(report.Calibration);
        Assert.All(report.Categories.Values, category => Assert.Null(category.Calibration));
    }

    [Fact]
    public void Evaluate_UnknownCategoryGiven_NamesTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => new Evaluator(LetterModel.Categories, new LetterModel().Score) { Category = "nor" }.Evaluate(Examples));
        Assert.Contains("more, less", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ReversedModel_IsOneMinusEverywhere()
    {
        var (report, reversed) = (Judge(new LetterModel()).Report(), Judge(new LetterModel { Sign = -1 }).Report());
        Assert.Equal(1 - report.Agreement, reversed.Agreement);
        Assert.Equal(1 - report.AgreementGivenCategory, reversed.AgreementGivenCategory);
        Assert.Equal(1 - report.CategoryMean!.Value, reversed.CategoryMean!.Value, 1e-12);
        Assert.Equal(1 - report.Categories["more"].Capabilities["bees"].Agreement, reversed.Categories["more"].Capabilities["bees"].Agreement);
    }

    [Fact]
    public void Evaluate_UnknownAndMissingCategories_CountOverAllWithANote()
    {
        var report = new Evaluator(LetterModel.Categories, new LetterModel().Score).Evaluate(
        [
            Example(null, "more of none", ["a", "aa"], new Comparison(1, 0, 1)),
            Example("poems", "more of poems", ["a", "aa"], new Comparison(1, 0, 1)),
            Example("poems", "unrated", ["a", "aa"]),
        ]).Report();
        Assert.Equal((2, 1.0), (report.Comparisons, report.Agreement));
        Assert.Equal(["poems"], report.Categories.Keys);
        Assert.Null(report.AgreementGivenCategory);
        Assert.Null(report.Categories["poems"].AgreementGivenCategory);
        Assert.Null(report.Router);
        Assert.Equal(3, report.Notes.Count);
        Assert.Contains("'poems'", report.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_UnitsFollowTheCategorysRule()
    {
        // less resamples by text: two texts in one prompt are two units; more by prompt.
        var judged = Judge(new LetterModel()).Overall;
        Assert.All(judged.Where(comparison => comparison.Category == "more"), comparison => Assert.Equal(comparison.UnitI, comparison.UnitJ));
        Assert.All(judged.Where(comparison => comparison.Category == "less"), comparison => Assert.NotEqual(comparison.UnitI, comparison.UnitJ));
        var byPrompt = new Evaluator(LetterModel.Categories, new LetterModel().Score) { ResampleBy = "prompt" }.Evaluate(Examples).Overall;
        Assert.All(byPrompt, comparison => Assert.Equal(comparison.UnitI, comparison.UnitJ));
    }

    [Fact]
    public void Evaluate_ConversationRefused_NamesItsRow()
    {
        var evaluator = new Evaluator(LetterModel.Categories, (requests, options) =>
            requests.Any(request => request.Prompt[0].Content == "hidden") ? throw new InvalidDataException("cannot be rendered") : new LetterModel().Score(requests, options));
        var error = Assert.Throws<InvalidDataException>(() => evaluator.Evaluate([.. Examples.Select((example, k) => example with { Origin = $"file, line {k + 1}" })]));
        Assert.Equal("file, line 3: cannot be rendered", error.Message);
    }

    [Fact]
    public void Evaluate_ConversationsCut_AreCountedInANote()
    {
        var evaluator = new Evaluator(LetterModel.Categories, (requests, options) =>
        {
            Assert.True(options!.Truncate);
            return [.. new LetterModel().Score(requests, options).Select((scored, k) => scored with { Truncated = k < 2 ? "response" : null })];
        });
        Assert.Equal(["2 conversations were longer than the model takes: response cut."], evaluator.Evaluate(Examples).Notes);
    }

    [Fact]
    public void Read_MixedFile_EveryRowAsItsCategorySays()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.jsonl");
        try
        {
            File.WriteAllLines(file, [
                """{"id": "m", "category": "rows of more", "prompt": "more", "responses": [{"text": "a", "score": 1, "capabilities": {"bees": 1, "other": 1}}, {"text": "b", "score": 3, "capabilities": {"bees": 2, "other": 2}}, {"text": "c", "score": 2}]}""",
                """{"id": "l", "category": "less", "prompt": "less", "responses": [{"text": "a", "score": 1, "capabilities": {"bees": 1}}, {"text": "b", "score": 1.5, "capabilities": {"bees": 2}}]}""",
                """{"id": "n", "prompt": "none", "responses": [{"text": "a", "score": 1}, {"text": "a", "score": 2}, {"text": "b", "score": 1}]}"""]);
            var evaluator = new Evaluator(LetterModel.Categories, new LetterModel().Score);
            var examples = evaluator.Read([file]);
            Assert.Equal(["more", "less", null], examples.Select(example => example.Category));
            // Gap 2 leaves one comparison of three in more, which alone knows bees; equal texts of the third row are one response of 1.5.
            Assert.Equal([new(0, 1, 0), new(0, 1, 0, "bees")], examples[0].Comparisons);
            Assert.Equal([new(0, 1, 0)], examples[1].Comparisons);
            Assert.Equal([new(0, 1, 1)], examples[2].Comparisons);
            Assert.Equal(3, new Evaluator(LetterModel.Categories, new LetterModel().Score) { Gap = 1 }.Read([file])[0].Comparisons.Count(comparison => comparison.Capability is null));
            Assert.Equal("less", new Evaluator(LetterModel.Categories, new LetterModel().Score) { Category = "less" }.Read([file])[2].Category);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void ToJson_EveryField_AsTheIssueNamesIt()
    {
        var judgement = Judge(new LetterModel());
        using var json = JsonDocument.Parse(judgement.Report().ToJson());
        var root = json.RootElement;
        string[] figure = ["comparisons", "agreement", "agreementGivenCategory", "interval", "longerWins", "labelTies", "rewardTies", "units"];
        Assert.Equal([.. figure, "categoryMean", "categoryMeanInterval", "categoryMeanLongerWins", "categories", "router", "calibration", "notes"], Names(root));
        Assert.Equal([.. figure, "capabilities", "calibration", "correlations"], Names(root.GetProperty("categories").GetProperty("more")));
        Assert.Equal(figure, Names(root.GetProperty("categories").GetProperty("more").GetProperty("capabilities").GetProperty("bees")));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("interval").ValueKind);
        Assert.Equal(2.0 / 3, root.GetProperty("router").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(1, root.GetProperty("router").GetProperty("confusion").GetProperty("more").GetProperty("less").GetInt32());
        var calibration = root.GetProperty("calibration");
        Assert.Equal(["comparisons", "temperature", "leftOut", "before", "after"], Names(calibration));
        Assert.Equal(["ece", "brier", "nll", "bins"], Names(calibration.GetProperty("before")));
        Assert.Equal(["low", "high", "confidence", "accuracy", "count"], Names(calibration.GetProperty("after").GetProperty("bins")[0]));
        Assert.Equal(["responses", "capabilities", "matrix", "withReward"], Names(root.GetProperty("categories").GetProperty("more").GetProperty("correlations")));
        var many = judgement with { Overall = Judgements.Random(400, 14) };
        using var withInterval = JsonDocument.Parse(many.Report().ToJson());
        var ends = withInterval.RootElement.GetProperty("interval").EnumerateArray().Select(end => end.GetDouble()).ToArray();
        Assert.Equal(many.Report().Interval, new ConfidenceInterval(ends[0], ends[1]));
    }

    [Fact]
    public void ToJson_NothingCompared_IsNullThroughout()
    {
        using var json = JsonDocument.Parse(new Evaluator(LetterModel.Categories, new LetterModel().Score).Evaluate([]).Report().ToJson());
        foreach (var name in new[] { "agreement", "agreementGivenCategory", "interval", "longerWins", "categoryMean", "router", "calibration" })
        {
            Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(name).ValueKind);
        }
    }

    private static Judgement Judge(LetterModel model) => new Evaluator(LetterModel.Categories, model.Score).Evaluate(Examples);

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static PreferenceExample Example(string? category, string prompt, string[] responses, params Comparison[] comparisons) => new()
    {
        Id = prompt,
        Category = category,
        Prompt = [Message.User(prompt)],
        Responses = [.. responses.Select(Response.FromText)],
        Comparisons = comparisons,
    };
}
