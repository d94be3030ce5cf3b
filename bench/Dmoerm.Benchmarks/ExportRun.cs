using System.Globalization;
using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Exports;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Benchmarks;

/// <summary>Trains small models of every shape and writes an export of each kind, with the rewards that PEFT and transformers should give for it.</summary>
/// <remarks>
/// <c>checks.json</c> lists them: folder, the folder of the base that an adapter is loaded on, and the file of its logits for the token ids in <c>inputs.json</c>, which are those of the
/// shared reference adapters. The token of id 0 pads.
/// </remarks>
internal static class ExportRun
{
    private const string Category = "story";
    private const string Capability = "vividness";

    // Rows of the shared reference adapters, padded on the right with 0.
    private static readonly long[] Ids =
    [
        200, 92, 68, 129, 233, 189, 97, 280, 57, 195, 159, 22,
        319, 72, 206, 93, 65, 316, 73, 0, 0, 0, 0, 0,
        72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        210, 287, 317, 109, 49, 112, 50, 57, 276, 0, 0, 0,
    ];

    private static readonly long[] Lengths = [12, 7, 1, 9];

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes everything into a new folder.</summary>
    public static int Of(string folder)
    {
        if (Path.Exists(folder))
        {
            throw new IOException($"{folder} exists already.");
        }

        NativeLibraries.Prepare();
        var recipes = Path.Combine(Root(), "recipes");
        var debug = TrainingRecipe.Read(Path.Combine(recipes, "debug.json")).Resolve(recipes);
        var plain = debug with { Categories = debug.Categories.Where(category => category.Key == Category).ToDictionary(), Baselines = new BaselineSettings { LinearHead = false } };
        Directory.CreateDirectory(folder);
        var classifier = Classifier(plain.Backbone.Folder, Path.Combine(folder, "reward-model"));
        var checks = Shapes(plain, classifier).SelectMany(shape => Exports(folder, shape.Name, shape.Recipe)).ToArray();
        File.WriteAllText(Path.Combine(folder, "inputs.json"), JsonSerializer.Serialize(Ids.Chunk(Ids.Length / Lengths.Length), Format) + "\n");
        File.WriteAllText(Path.Combine(folder, "checks.json"), JsonSerializer.Serialize(checks, Format) + "\n");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{checks.Length} exports in {folder}; checks.json says which base and which logits belong to each."));
        return 0;
    }

    private static IEnumerable<(string Name, TrainingRecipe Recipe)> Shapes(TrainingRecipe plain, string classifier)
    {
        var (top, all) = (new LayerChoice(1), LayerChoice.All);
        yield return ("top", Layers(plain, top, top));
        yield return ("everywhere", Layers(plain, all, all, Enum.GetValues<Target>()));
        yield return ("base-lower", Layers(plain, all, top));
        yield return ("experts-lower", Layers(plain, top, all));
        yield return ("whole-base", Layers(plain, top, top) with { Base = plain.Base with { Adapt = Adaptation.Full, Training = plain.Base.Training with { LearningRates = [1e-3] } } });
        yield return ("fewer-layers", Layers(plain, top, top) with { Backbone = plain.Backbone with { KeepLayers = 1 } });
        yield return ("own-head", Layers(plain, top, all) with { Backbone = plain.Backbone with { Folder = classifier } });
        yield return ("new-head", Layers(plain, top, all) with { Backbone = plain.Backbone with { Folder = classifier, NewHead = true } });
    }

    private static TrainingRecipe Layers(TrainingRecipe plain, LayerChoice low, LayerChoice high, IReadOnlyList<Target>? targets = null) => plain with
    {
        Base = plain.Base with { Lora = plain.Base.Lora with { Layers = low, Alpha = 3 } },
        Experts = plain.Experts with { Lora = plain.Experts.Lora with { Layers = high, Targets = targets ?? plain.Experts.Lora.Targets } },
    };

    private static IEnumerable<object> Exports(string folder, string shape, TrainingRecipe recipe)
    {
        var run = Path.Combine(folder, $"{shape}-run");
        new TrainingRun(recipe with { Name = shape }, folder, run).Run();
        var (model, whole) = (Path.Combine(run, TrainingRun.ModelName), recipe.Base.Adapt == Adaptation.Full);
        var pad = PadText(model);
        string Export(string name, ExportKind kind, string? capability)
        {
            var output = Path.Combine(folder, name);
            var report = new ModelExport(new ExportRequest(model, kind, Category, capability) { BaseName = kind == ExportKind.Peft ? $"{shape}-base" : null, PadToken = kind == ExportKind.Merged ? pad : null }).Write(output);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: read back, rewards differ by at most {report.LargestDifference:0.0e+0}"));
            return name;
        }

        object Check(string name, bool onBase, string? capability)
        {
            var expected = $"{name}.logits.json";
            File.WriteAllText(Path.Combine(folder, expected), JsonSerializer.Serialize(Logits(model, capability)) + "\n");
            return new { folder = name, @base = onBase ? $"{shape}-base" : null, expected };
        }

        // transformers asks a base for a head and a token that pads; the adapter brings its own head.
        if (whole)
        {
            Export($"{shape}-base", ExportKind.Merged, null);
        }
        else
        {
            WriteBase(Path.Combine(model, "backbone"), Path.Combine(folder, $"{shape}-base"));
            yield return Check(Export($"{shape}-base-peft", ExportKind.Peft, null), true, null);
        }

        yield return Check(Export($"{shape}-base-merged", ExportKind.Merged, null), false, null);
        yield return Check(Export($"{shape}-expert-peft", ExportKind.Peft, Capability), true, Capability);
        yield return Check(Export($"{shape}-expert-merged", ExportKind.Merged, Capability), false, Capability);
    }

    private static double[][] Logits(string model, string? capability)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var parts = ArtefactFolder.Read(model);
        var inner = parts.Categories[0].Model;
        var output = inner.Run(inner.Merged.Embed(tensor(Ids, Lengths.Length, Ids.Length / Lengths.Length)), tensor(Lengths), 0);
        var reward_B = capability is null ? output.BaseReward_B : output.Reward_BE.select(1, inner.Capabilities.ToList().IndexOf(capability));
        return [.. reward_B.to(ScalarType.Float64).data<double>().ToArray().Select(reward => new[] { reward })];
    }

    private static void WriteBase(string from, string to)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(from, ScalarType.Float32);
        var config = model.Backbone.Config with { PadId = 0 };
        BackboneFolder.Save(to, new Backbone(config, model.Backbone.Weights), scoreHead_LD: zeros(1, config.HiddenSize), tokenizerFolder: from);
    }

    // The debug backbone as a reward model with a head of its own.
    private static string Classifier(string from, string to)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(7);
        using var model = BackboneFolder.Load(from, ScalarType.Float32);
        BackboneFolder.Save(to, model.Backbone, scoreHead_LD: randn([1, model.Backbone.Config.HiddenSize], generator: random), tokenizerFolder: from);
        return to;
    }

    private static string PadText(string model)
    {
        using var tokenizer = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model, "backbone", "tokenizer.json")));
        return tokenizer.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject().First(token => token.Value.GetInt32() == 0).Name;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dmoerm.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No Dmoerm.slnx above the program: run it from the repository.");
        }

        return folder.FullName;
    }
}
