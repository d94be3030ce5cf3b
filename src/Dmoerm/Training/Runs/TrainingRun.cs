using System.Globalization;
using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Experts;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Estimates;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
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

    private readonly TrainingRecipe _resolved = recipe.Resolve(recipeFolder);
    private readonly RunFolder _folder = new(outFolder);
    private readonly StageClock _clock = new(TimeProvider.System);

    /// <summary>Told how far the run is.</summary>
    public Action<StageProgress>? Progress { get; init; }

    /// <summary>Told of each evaluation of a fit; see <see cref="TrainingContext.Looked"/>.</summary>
    public Action<string, FitLook>? Looked { get; init; }

    /// <summary>Told in a sentence of what a user should know while the run goes on, such as a damaged checkpoint.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Ends the run between steps; what is done stays.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Reads, tokenises and cuts everything, and trains nothing.</summary>
    public RunPlan Plan()
    {
        using var run = Prepare();
        var (sizes, keeps, testShare) = (Sizes(run), FitsCache(run), TestShare(run));
        var estimate = RunEstimate.Of(run.Context, sizes, keeps, testShare);
        return RunPlan.Of(run, CacheLimit(), new RunProbe(run.Context, keeps).Time(estimate, run.Data.Parts, sizes, testShare));
    }

    /// <summary>Trains, judges and writes the model.</summary>
    /// <returns>The report; that of the finished run where the folder holds one of the same recipe already.</returns>
    /// <exception cref="InvalidDataException">The folder holds a run of another recipe, or the data do not fit the recipe.</exception>
    /// <exception cref="IOException">Another process has the folder, or the disk does not take what is written.</exception>
    public TrainingReport Run()
    {
        if (_folder.Finished(recipe, _resolved) is { } done)
        {
            return Tidied(done);
        }

        // Noted only now: a folder that was started with a recipe that cannot run would refuse the mended one.
        using var run = Prepare();
        var now = RunRecord.Now(run.Data.Hash, _resolved.Backbone.Folder, FitsCache(run));
        RefuseWhatDoesNotFit(run, _folder.Record() ?? now);
        using var taken = RunLock.Take(outFolder);
        if (_folder.Finished(recipe, _resolved) is { } finishedByAnother)
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
        var data = new DataSummary(run.Data.Training.ToDictionary(category => category.Category, category => category.Report), context.Encoder.Cut, context.Encoder.Dropped);
        var categories = run.Data.Parts.Select(parts => (parts.Category, Training: Measure("features", () => new CategoryTraining(context, parts)))).ToArray();
        var trained = categories.Select(category => Measure($"train {category.Category}", () => category.Training.Run())).ToArray();
        var router = Measure("router", () => new RouterTraining(context).Run(
            [.. categories.Select(category => (IReadOnlyList<TrainingExample>)[.. category.Training.Training.Select(example => context.Encoder.Encode(category.Category, example))])],
            [.. categories.Select(category => category.Training.Validation)]));
        var baselines = Measure("baselines", () => new Baselines(context, categories).Run());
        var parts = new ArtefactParts
        {
            Backbone = context.Backbone,
            Tokenizer = run.Tokenizer,
            Template = run.Template,
            MaxTokens = recipe.Backbone.MaxTokens,
            CutsResponses = recipe.Backbone.TooLong == TooLong.Truncate,
            Router = router,
            Categories = [.. trained.Select(category => category.Served)],
        };
        var partial = _folder.PartialModel();
        try
        {
            new ArtefactWriter(partial).Write(parts, new ArtefactIdentity(recipe.Name, run.Data.Hash, record.Tool), _resolved.Backbone.Folder, recipe.Backbone.KeepLayers is null, recipe.Portable().ToJson());
            var judge = new RunJudge(context, _resolved, parts, [.. categories.Select(category => (category.Category, category.Training))]) { Progress = Progress };
            var judged = Measure("evaluation", () => judge.Judge(partial, baselines));
            var report = Report(judged, data, record, categories.Select(category => category.Category).Zip(trained.Select(category => category.Report)));
            log.Finish(report);
            DurableFile.WriteText(Path.Combine(partial, "README.md"), ModelCard.Write(recipe, report));
            DurableFile.WriteText(Path.Combine(partial, TrainingPage.Name), TrainingPage.Write(recipe, report.Timeless(), log.Looks, mistakes: []));
            _folder.Finish(partial, report, TrainingPage.Write(recipe, report, log.Looks, judged.Mistakes));
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
        var checkpoint = BackboneFolder.Load(_resolved.Backbone.Folder, ScalarType.Float32, keepLayers: recipe.Backbone.KeepLayers);
        var layer = TrunkLayer(checkpoint.Backbone.Config);
        if (recipe.Router.Layer > checkpoint.Backbone.Config.NumLayers)
        {
            throw new InvalidDataException($"Recipe, field router.layer: expected 0 to {checkpoint.Backbone.Config.NumLayers}, the backbone's layers, got {recipe.Router.Layer}.");
        }

        var (tokenizer, template) = (Tokenizer.Load(_resolved.Backbone.Folder), ChatTemplate.Load(_resolved.Backbone.Folder));
        var encoder = new ConversationEncoder(template, tokenizer, new EncodingOptions { MaxTokens = recipe.Backbone.MaxTokens, TooLong = recipe.Backbone.TooLong });
        var data = Measure("read", () => RunData.Read(_resolved));
        return new PreparedRun(checkpoint, tokenizer, template, data, layer, new TrainingContext
        {
            Recipe = _resolved,
            Backbone = checkpoint.Backbone,
            Trunk = new Trunk(checkpoint.Backbone, layer),
            Encoder = new ExampleEncoder(encoder),
            Progress = Progress,
            Looked = Looked,
            Stages = new StageFolder(_folder.Stages, recipe.Checkpoints, TimeProvider.System) { Warn = Warn },
            Cancellation = Cancellation,
        });
    }

    // The lowest layer that any adapter of the run changes.
    private int TrunkLayer(BackboneConfig config)
    {
        (string Field, BaseSettings? Settings)[] bases = [("base", recipe.Base), ("baselines.oneForAll", recipe.Baselines.OneForAll), ("baselines.onePerCategory", recipe.Baselines.OnePerCategory)];
        var adapted = bases.Where(entry => entry.Settings is { Adapt: Adaptation.Lora }).Select(entry => Lowest(entry.Field, entry.Settings!.Lora, config));
        var hasExperts = recipe.Categories.Values.Any(category => category.Capabilities.Count > 0);
        return adapted.Concat(hasExperts ? [Lowest("experts", recipe.Experts.Lora, config)] : []).DefaultIfEmpty(config.NumLayers).Min();
    }

    private static int Lowest(string field, LoraSettings lora, BackboneConfig config)
    {
        try
        {
            return lora.Layers.From(config);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"Recipe, field {field}.lora.layers: {error.Message}", error);
        }
    }

    /// <summary>Memory of the machine; a test may lower it.</summary>
    internal long MemoryLimit { get; init; } = MachineMemory.Total();

    /// <summary>Free bytes of the disk; null asks it.</summary>
    internal long? DiskLimit { get; init; }

    private static CategorySize[] Sizes(PreparedRun run) => [.. run.Data.Parts.Select(parts => CategorySize.Of(run.Context, parts))];

    private static double TestShare(PreparedRun run) => (double)run.Data.TestResponses / Math.Max(1, run.Data.Training.Sum(category => category.Report.Responses));

    private void RefuseWhatDoesNotFit(PreparedRun run, RunRecord record)
    {
        var estimate = RunEstimate.Of(run.Context, Sizes(run), record.KeepsTrunk, TestShare(run));
        if (estimate.MemoryBytes > MemoryLimit)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The run would take about {estimate.MemoryBytes / 1e9:0.0} GB of memory, and there are {MemoryLimit / 1e9:0.0} GB: ")
                + "choose fewer responses in a batch, a shorter backbone.maxTokens, a lower rank, or adapters in fewer layers.");
        }

        // What an earlier process has written is there already.
        var (missing, free) = (estimate.DiskBytes - _folder.Bytes(), DiskLimit ?? FreeBytes());
        if (missing > free)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The run would take about {missing / 1e9:0.00} GB more on disk, and {free / 1e9:0.00} GB are free: ")
                + string.Create(CultureInfo.InvariantCulture, $"states {estimate.CacheBytes / 1e9:0.00}, stages {estimate.StageBytes / 1e9:0.00}, checkpoints {estimate.CheckpointBytes / 1e9:0.00}, model {estimate.ModelBytes / 1e9:0.00}. ")
                + "Free some, choose another folder with --out, or set cache.maxBytes to compute states anew in each step.");
        }
    }

    private bool FitsCache(PreparedRun run) => run.TrunkLayer > 0 && TrunkCache.Bytes(run.Rows(), run.Context.Backbone.Config.HiddenSize) <= CacheLimit();

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

    private long CacheLimit() => recipe.Cache.MaxBytes ?? FreeBytes() / 2;

    private long FreeBytes()
    {
        var existing = Path.GetFullPath(outFolder);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        return new DriveInfo(existing).AvailableFreeSpace;
    }

    private TrainingReport Report(JudgedRun judged, DataSummary data, RunRecord record, IEnumerable<(string Category, CategoryReport Report)> categories) => new()
    {
        Name = recipe.Name,
        MeasuredOn = judged.MeasuredOn,
        Methods = [.. judged.Methods.Select(method => new MethodReport(method.Name, method.Judgement.Report()))],
        Differences = MethodComparison.Of(judged.Methods),
        Categories = categories.ToDictionary(category => category.Category, category => category.Report),
        Data = data,
        Seconds = _clock.Seconds,
        Notes = [.. judged.Notes, .. record.Notes],
    };

    private T Measure<T>(string stage, Func<T> work)
    {
        Cancellation.ThrowIfCancellationRequested();
        return _clock.Measure(stage, work);
    }
}
