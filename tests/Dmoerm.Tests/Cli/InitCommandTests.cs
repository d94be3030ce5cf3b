using Dmoerm.Data.Categories;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Cli;

/// <summary><c>init</c> as a process, in an empty folder.</summary>
public sealed class InitCommandTests : IDisposable
{
    private static readonly string Sample = Path.Combine(TestFolders.Root, "samples", "feedback.jsonl");
    private static readonly string Backbone = Path.Combine(TestFolders.Root, "recipes", "debug", "backbone");
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Init_RowsWithCategoriesAndLabels_DraftsExpertsOfThem()
    {
        var (code, output, error) = await Init(Sample, "--backbone", Backbone);
        Assert.True(code == 0, error);
        Assert.Contains("note: No test file", error, StringComparison.Ordinal);
        Assert.EndsWith("dmoerm train feedback.recipe.json\n", output, StringComparison.Ordinal);
        Assert.Equal(["feedback.recipe.json", "recipe.schema.json"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllText(Path.Combine(TestFolders.Root, "recipes", "recipe.schema.json")), File.ReadAllText(Path.Combine(_folder, "recipe.schema.json")));

        var recipe = Read("feedback");
        Assert.Equal("recipe.schema.json", recipe.Schema);
        Assert.Equal(["story", "advice"], recipe.Categories.Keys);
        Assert.Equal(["flow", "suspense", "tenderness", "vividness"], recipe.Categories["story"].Capabilities.Keys.Order(StringComparer.Ordinal));
        Assert.All(recipe.Categories.Values, category => Assert.Equal(Sample, Path.GetFullPath(Path.Combine(_folder, category.Data.Single()))));

        var plan = await DmoermProcess.Run("", "train", Path.Combine(_folder, "feedback.recipe.json"), "--dry-run");
        Assert.True(plan.Code == 0, plan.Error);
    }

    [Fact]
    public async Task Init_ExistingRecipe_StaysAsItIs()
    {
        File.WriteAllText(Path.Combine(_folder, "feedback.recipe.json"), "mine");
        var (code, _, error) = await Init(Sample, "--backbone", Backbone);
        Assert.Equal(2, code);
        Assert.Contains("feedback.recipe.json exists already", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, "feedback.recipe.json")));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Init_WithoutBackbone_SaysHowToGiveOne()
    {
        var (code, _, error) = await Init(Sample);
        Assert.Equal(2, code);
        Assert.Contains("--backbone FOLDER", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Init_FilesWithoutCategories_AreOneCategoryEachAndTestsFindTheirs()
    {
        var test = Directory.CreateDirectory(Path.Combine(_folder, "test")).FullName;
        string[] files = [Pairs("jokes (de).jsonl", 300, prompts: 1), Pairs("mails.jsonl", 60, prompts: 60), Pairs("few.jsonl", 30, prompts: 30), Pairs(Path.Combine("test", "mails.jsonl"), 5, prompts: 5)];
        var (code, output, error) = await Init([.. files[..3], "--test", Path.Combine(test, "mails.jsonl"), "--backbone", Backbone, "--name", "my own"]);
        Assert.True(code == 0, error);
        Assert.EndsWith("dmoerm train \"my own.recipe.json\"\n", output, StringComparison.Ordinal);
        Assert.Contains("Category 'few' is left out: 30 preferences from 30 prompts are too few", error, StringComparison.Ordinal);
        Assert.Contains("one reward model per category, without experts", error, StringComparison.Ordinal);

        var recipe = Read("my own");
        Assert.Equal(["jokes -de-", "mails"], recipe.Categories.Keys);
        Assert.Equal(("responses", "prompt"), (recipe.Categories["jokes -de-"].GroupBy, recipe.Categories["mails"].GroupBy));
        Assert.Equal(["test/mails.jsonl"], recipe.Categories["mails"].Test);
        Assert.Empty(recipe.Categories["jokes -de-"].Test);
        Assert.Contains("// No capability:", File.ReadAllText(Path.Combine(_folder, "my own.recipe.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_LabelsThatLookLikeFaults_AreAskedAboutAndNotTrained()
    {
        var rows = Enumerable.Range(0, 60).Select(row =>
            $$$"""{"category": "a/b", "prompt": "p{{{row}}}", "responses": [{"text": "a{{{row}}}", "score": 2, "capabilities": {"clear": 3, "error_rate": 0, "cost": 1, "wordy": 1, "rare": 1}}, {"text": "b{{{row}}}", "score": 1, "capabilities": {"clear": 1, "error_rate": {{{row % 2}}}, "cost": 5, "wordy": 2, "rare": {{{(row < 5 ? 2 : 1)}}}}}]}""");
        File.WriteAllLines(Path.Combine(_folder, "x.jsonl"), rows);
        var (code, _, error) = await Init("x.jsonl", "--backbone", Backbone);
        Assert.True(code == 0, error);
        Assert.Contains("whether more is better is open for cost, wordy", error, StringComparison.Ordinal);

        var recipe = Read("x");
        Assert.Equal("a/b", recipe.Categories["a-b"].RowCategory);
        Assert.Equal(["clear"], recipe.Categories["a-b"].Capabilities.Keys);
        var text = File.ReadAllText(Path.Combine(_folder, "x.recipe.json"));
        Assert.Contains("cost 0.0 %, wordy 0.0 %", text, StringComparison.Ordinal);
        Assert.Contains("fewer than 50 comparisons or 10 prompts: error_rate (30), rare (5)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_RowsWithoutCategoryAmongOthers_AreDroppedAndSaidSo()
    {
        File.WriteAllLines(Path.Combine(_folder, "mixed.jsonl"), Enumerable.Range(0, 180).Select(row =>
            $$"""{{{(row % 3 == 2 ? "" : $"\"category\": \"{(row % 3 == 0 ? "a" : "b")}\", ")}}"prompt": "p{{row}}", "chosen": "good {{row % 40}}", "rejected": "bad {{row % 37}}"}"""));
        var (code, _, error) = await Init("mixed.jsonl", "--backbone", Backbone);
        Assert.True(code == 0, error);
        Assert.Contains("mixed.jsonl: 60 rows have no category, the others do: they are left out", error, StringComparison.Ordinal);

        var recipe = Read("mixed");
        Assert.Equal(["a", "b"], recipe.Categories.Keys);
        Assert.Equal(UncategorisedRule.Drop, recipe.AssignUncategorised);
        var plan = await DmoermProcess.Run("", "train", Path.Combine(_folder, "mixed.recipe.json"), "--dry-run");
        Assert.Contains("60 rows without a category in files that several categories list: left out.", plan.Out, StringComparison.Ordinal);

        var text = File.ReadAllText(Path.Combine(_folder, "mixed.recipe.json"));
        File.WriteAllText(Path.Combine(_folder, "strict.json"), text.Replace("  \"assignUncategorised\": \"drop\",", "", StringComparison.Ordinal));
        var strict = await DmoermProcess.Run("", "train", Path.Combine(_folder, "strict.json"), "--dry-run");
        Assert.Equal(1, strict.Code);
        Assert.Contains("mixed.jsonl, line 3: expected field 'category', because 2 categories list this file (a, b)", strict.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_TemplateThatReadsTheClock_WritesTheDayIntoTheRecipe()
    {
        var backbone = TestFolders.Copy(Backbone, Path.Combine(_folder, "backbone"));
        File.WriteAllText(Path.Combine(backbone, "chat_template.jinja"), "{{ strftime_now('%d %b %Y') }}" + Dmoerm.Conversations.Templates.ChatTemplate.PlainChatMl);
        File.WriteAllLines(Path.Combine(_folder, "d.jsonl"), Enumerable.Range(0, 60).Select(row => $$"""{"prompt": "p{{row}}", "chosen": "good {{row}}", "rejected": "bad {{row}}"}"""));
        var (code, _, error) = await Init("d.jsonl", "--backbone", backbone);
        Assert.True(code == 0, error);
        Assert.Equal(TimeSpan.Zero, Read("d").Backbone.Template!.Date!.Value.TimeOfDay);
        Assert.Contains("// The chat template writes the day;", File.ReadAllText(Path.Combine(_folder, "d.recipe.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_MtmcRows_NamesThePapersPoints()
    {
        File.WriteAllLines(Path.Combine(_folder, "m.jsonl"), Enumerable.Range(0, 60).Select(row => $$"""{"src": ["q{{row}}"], "tgt": [], "label": "闲聊", "response": ["a{{row}}", "b{{row}}"], "rank": [1, 2]}"""));
        var (code, _, error) = await Init("m.jsonl", "--backbone", Backbone);
        Assert.True(code == 0, error);
        Assert.Equal(["chat"], Read("m").Categories.Keys);
        Assert.Contains("conversational_sense, proactivity, emotion_expression, empathy, content_richness.", File.ReadAllText(Path.Combine(_folder, "m.recipe.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_NothingToTrain_WritesNothing()
    {
        var (code, _, error) = await Init(Pairs("few.jsonl", 30, prompts: 30), "--backbone", Backbone);
        Assert.Equal(1, code);
        Assert.Contains("nothing to train", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder));
    }

    private string Pairs(string name, int count, int prompts)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(row => $$"""{"prompt": "{{Path.GetFileName(name)}} {{row % prompts}}", "chosen": "good {{row % 40}}", "rejected": "bad {{row % 37}}"}"""));
        return name;
    }

    private TrainingRecipe Read(string name) => TrainingRecipe.Read(Path.Combine(_folder, name + ".recipe.json"));

    private Task<(int Code, string Out, string Error)> Init(params string[] arguments) => DmoermProcess.RunIn(_folder, ["init", .. arguments]);
}
