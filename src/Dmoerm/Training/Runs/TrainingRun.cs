using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Hub;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Starts;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Runs;

/// <summary>A recipe from its files to a judged model: data, trunk, three phases per category, router, baselines, artefact, evaluation.</summary>
/// <param name="recipe">The recipe, paths as its file gives them.</param>
/// <param name="recipeFolder">Where its relative paths start.</param>
/// <param name="outFolder">The run's folder; holds the recipe, what was decided at the start, <c>cache/</c>, <c>stages/</c>, <c>metrics.jsonl</c>, <c>events/</c> and, when all is done, <c>report.json</c>, <c>report.html</c> and <c>model/</c>.</param>
public sealed class TrainingRun(TrainingRecipe recipe, string recipeFolder, string outFolder)
{
    /// <summary>The folder of the trained model inside a run's folder.</summary>
    public const string ModelName = "model";

    /// <summary>The report for people in a run's folder, and beside the model.</summary>
    public const string PageName = TrainingPage.Name;

    private readonly RunFolder _folder = new(outFolder);
    private readonly StageClock _clock = new(TimeProvider.System);
    private readonly ModelGrowth? _growth;
    private HubRecipe? _files;

    /// <summary>A run that grows from a model: what is unchanged is kept bit-equal.</summary>
    /// <param name="growth">The model and the recipe.</param>
    /// <param name="outFolder">The run's folder; must not hold the model.</param>
    public TrainingRun(ModelGrowth growth, string outFolder)
        : this(growth.Recipe, growth.RecipeFolder, outFolder) => _growth = growth;

    /// <summary>Told how far the run is.</summary>
    public Action<StageProgress>? Progress { get; init; }

    /// <summary>Told of each evaluation of a fit; see <see cref="TrainingContext.Looked"/>.</summary>
    public Action<string, FitLook>? Looked { get; init; }

    /// <summary>Told in a sentence of what a user should know while the run goes on, such as a damaged checkpoint.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Told, when all files are read, how each of them was.</summary>
    public Action<FileReport>? FileRead { get; init; }

    /// <summary>Ends the run between steps; what is done stays.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Makes what gets the recipe's names of the hub, asked only where it has some; null asks the hub that the environment names.</summary>
    public Func<HubDownload>? Hub { get; init; }

    /// <summary>What the machine has.</summary>
    internal RunLimits Limits { get; init; } = new(recipe, outFolder);

    // A run that goes on takes the commits that it was started with.
    private HubRecipe Files => _files ??= HubRecipe.Get(recipe.Resolve(recipeFolder), _folder.Record()?.Hub ?? [], Hub);

    private TrainingRecipe Resolved => Files.Local;

    // What the model and its papers say it was made of.
    private TrainingRecipe Pinned => Files.Pinned(recipe);

    /// <summary>Reads, tokenises and cuts everything, measures a few steps, and trains nothing.</summary>
    public RunPlan Plan()
    {
        using var run = Prepare();
        var keepsTrunk = Limits.FitsCache(run);
        return RunPlan.Of(run, keepsTrunk, Limits.Timed(run, keepsTrunk)) with { Growth = _growth?.Plan };
    }

    /// <summary>Trains, judges and writes the model.</summary>
    /// <returns>The report; that of the finished run where the folder holds one of the same recipe already.</returns>
    /// <exception cref="InvalidDataException">The folder holds a run of another recipe, or the data do not fit the recipe.</exception>
    /// <exception cref="IOException">Another process has the folder, or the disk does not take what is written.</exception>
    public TrainingReport Run()
    {
        ModelGrowth.CheckFolder(outFolder, _growth);
        if (_folder.Finished(recipe, () => Resolved) is { } done)
        {
            return Tidied(done);
        }

        // Noted only now: a folder that was started with a recipe that cannot run would refuse the mended one.
        using var run = Prepare();
        var now = RunRecord.Now(run.Data.Hash, Resolved.Backbone.Folder, Limits.FitsCache(run), Files.Sources) with { From = _growth?.Plan.From };
        Limits.Check(run, (_folder.Record() ?? now).KeepsTrunk, _folder.Bytes());
        using var taken = RunLock.Take(outFolder);
        if (_folder.Finished(recipe, () => Resolved) is { } finishedByAnother)
        {
            return Tidied(finishedByAnother);
        }

        var record = _folder.Start(recipe, now);
        using var threads = new ThreadCount(record.Threads);
        return Tidied(Train(run, record));
    }

    private TrainingReport Train(PreparedRun run, RunRecord record)
    {
        foreach (var note in record.Notes)
        {
            Warn?.Invoke(note);
        }

        using var log = new RunLog(outFolder, TimeProvider.System);
        var context = (record.KeepsTrunk ? FillTrunk(run) : run.Context) with { Looked = (stage, look) => { log.Add(stage, look); Looked?.Invoke(stage, look); } };
        var early = run.Data.AwaitsRouter ? Measure("router", () => new RouterTraining(context).Run(run.Data.Parts)) : null;
        var (cuts, uncategorised) = early is null ? (run.Data.Parts, run.Data.Uncategorised) : Measure("assignment", () => new Assignment(context, run.Data.Training, run.Data.Parts).Run(early, run.Data.Uncategorised!));
        string[] notes = [.. LengthNotes(context), .. uncategorised?.Sentences ?? [], .. record.Notes];
        var kept = _growth?.Load(context.Backbone);
        var data = new DataSummary(run.Data.Training.ToDictionary(category => category.Category, category => category.Report), context.Encoder.Cut, context.Encoder.Dropped) { Uncategorised = uncategorised };
        var categories = cuts.Select(parts => (parts.Category, Training: Measure("features", () => new CategoryTraining(context, parts) { Kept = kept?.GetValueOrDefault(parts.Category) }))).ToArray();
        var trained = categories.Select(category => Measure($"train {category.Category}", () => category.Training.Run())).ToArray();
        var router = early ?? Measure("router", () => new RouterTraining(context).Run(run.Data.Parts));
        var baselines = Measure("baselines", () => new Baselines(context, categories).Run());
        var parts = new ArtefactParts
        {
            Backbone = context.Backbone,
            Tokenizer = run.Tokenizer,
            Template = run.Template,
            MaxTokens = recipe.Backbone.MaxTokens,
            CutsResponses = recipe.Backbone.TooLong == TooLong.Truncate,
            Router = router,
            Categories = [.. trained.Zip(run.Data.Training, (category, data) => WithOrigin(category.Served, data))],
        };
        var partial = _folder.PartialModel();
        try
        {
            new ArtefactWriter(partial).Write(parts, new ArtefactIdentity(recipe.Name, run.Data.Hash, record.Tool, _growth?.Plan.From), Resolved.Backbone.Folder, recipe.Backbone.KeepLayers is null, Pinned.Portable().ToJson());
            var judge = new RunJudge(context, Resolved, parts, [.. categories.Select(category => (category.Category, category.Training))]) { Progress = Progress };
            var judged = Measure("evaluation", () => judge.Judge(partial, baselines));
            var report = Report(judged, data, [.. notes, .. Baselines.Notes(baselines)], categories.Select(category => category.Category).Zip(trained.Select(category => category.Report)));
            log.Finish(report);
            DurableFile.WriteText(Path.Combine(partial, "README.md"), ModelCard.Write(Pinned, report));
            DurableFile.WriteText(Path.Combine(partial, TrainingPage.Name), TrainingPage.Write(Pinned, report.Timeless(), log.Looks, mistakes: []));
            _folder.Finish(partial, report, TrainingPage.Write(Pinned, report, log.Looks, judged.Mistakes));
            return report;
        }
        finally
        {
            DurableFile.DeleteFolder(partial);
        }
    }

    // A process may have been killed between the model's last file and this.
    private TrainingReport Tidied(TrainingReport report)
    {
        if (!recipe.Checkpoints.KeepStages)
        {
            DurableFile.DeleteFolder(_folder.Stages);
        }

        return report;
    }

    private PreparedRun Prepare()
    {
        var start = BackboneStart.Load(Resolved);
        var (checkpoint, tokenizer, template) = (start.Checkpoint, start.Tokenizer, start.Template);
        var layer = TrunkDepth.Of(recipe, checkpoint.Backbone.Config);
        if (recipe.Router.Layer > checkpoint.Backbone.Config.NumLayers)
        {
            throw new InvalidDataException($"Recipe, field router.layer: expected 0 to {checkpoint.Backbone.Config.NumLayers}, the backbone's layers, got {recipe.Router.Layer}.");
        }

        var encoder = new ConversationEncoder(template, tokenizer, new EncodingOptions { MaxTokens = recipe.Backbone.MaxTokens, VocabularySize = checkpoint.Backbone.Config.VocabularySize, TooLong = recipe.Backbone.TooLong });
        _growth?.CheckBackbone(Resolved.Backbone.Folder, checkpoint.Backbone, template);
        var data = Measure("read", () => RunData.Read(Resolved, _growth));
        foreach (var file in data.Files)
        {
            FileRead?.Invoke(file);
        }

        return new PreparedRun(checkpoint, tokenizer, template, data, layer, new TrainingContext
        {
            Recipe = Resolved,
            Backbone = checkpoint.Backbone,
            Head_1D = start.Head_1D,
            Trunk = new Trunk(checkpoint.Backbone, layer),
            Encoder = new ExampleEncoder(encoder, Resolved.Categories),
            Progress = Progress,
            Looked = Looked,
            Stages = new StageFolder(_folder.Stages, recipe.Checkpoints, TimeProvider.System) { Warn = Warn },
            Cancellation = Cancellation,
        });
    }

    private TrainingContext FillTrunk(PreparedRun run)
    {
        var rows = run.Rows();
        run.Cache = TrunkCache.Open(_folder.Cache, run.Context.Backbone, run.TrunkLayer);
        Measure("trunk", () =>
        {
            run.Cache.Fill(run.Context.Backbone, run.TrunkLayer, rows, LengthBatches.MaxTokens, share => Progress?.Invoke(new StageProgress("trunk states", share)), Cancellation);
            return 0;
        });
        return run.Context with { Trunk = new Trunk(run.Context.Backbone, run.TrunkLayer, run.Cache), Cache = run.Cache };
    }

    private TrainingReport Report(JudgedRun judged, DataSummary data, IReadOnlyList<string> notes, IEnumerable<(string Category, CategoryReport Report)> categories) => new()
    {
        Name = recipe.Name,
        MeasuredOn = judged.MeasuredOn,
        Methods = [.. judged.Methods.Select(method => new MethodReport(method.Name, method.Judgement.Report()))],
        Differences = MethodComparison.Of(judged.Methods),
        Categories = categories.ToDictionary(category => category.Category, category => category.Report),
        Data = data,
        Seconds = _clock.Seconds,
        Notes = [.. notes, .. judged.Notes, .. _growth?.Plan.Sentences ?? []],
    };

    // A kept category has its own already.
    private ServedCategory WithOrigin(ServedCategory served, CategoryData data) => served.Origin is not null ? served : served with
    {
        Origin = new CategoryOrigin { Tool = RunRecord.ToolVersion(), Recipe = CategoryRecipe.Of(Pinned, data.Category), Data = DataFingerprint.Of(data.Examples, recipe.Categories[data.Category]) },
    };

    // Asked before test files are read, which the evaluation counts for itself.
    private static IEnumerable<string> LengthNotes(TrainingContext context)
    {
        var (limit, cut, dropped) = (context.Recipe.Backbone.MaxTokens, context.Encoder.Cut, context.Encoder.Dropped);
        if (cut > 0)
        {
            yield return $"{cut} training conversations are cut to fit {limit} tokens.";
        }

        if (context.Encoder.LostPrompts is > 0 and var lost)
        {
            yield return $"In {lost} of them the response alone is longer than that, so nothing of the last question is left: experts judge, and the router routes, an answer to nothing. A larger backbone.maxTokens keeps the question.";
        }

        if (dropped > 0)
        {
            yield return $"{dropped} training responses are left out, with their comparisons: longer than {limit} tokens.";
        }
    }

    private T Measure<T>(string stage, Func<T> work)
    {
        Cancellation.ThrowIfCancellationRequested();
        return _clock.Measure(stage, work);
    }
}
