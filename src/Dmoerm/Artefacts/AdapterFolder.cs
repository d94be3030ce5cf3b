using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Artefacts;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank, D = hidden size.

/// <summary>Adapters with their heads as PEFT writes them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>Names and settings: PEFT 0.21, as its saved folders show them (shared reference adapters).</remarks>
internal static class AdapterFolder
{
    private const string ConfigName = PeftSettingsFile.Name;
    private const string WeightsName = PeftFolder.WeightsName;
    private const string Prefix = PeftFolder.Prefix;
    private const string HeadName = Prefix + PeftSettings.HeadModule + ".weight";
    private const string BaseField = "base_model_name_or_path";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one scorer of a stack.</summary>
    /// <param name="folder">Made if absent.</param>
    /// <param name="scorers">The stack.</param>
    /// <param name="expert">Its place.</param>
    /// <param name="baseName">The model that it sits on, as <c>base_model_name_or_path</c> names it; null names none.</param>
    public static void Write(string folder, StackedScorers scorers, int expert, string? baseName = null)
    {
        Directory.CreateDirectory(folder);
        var adapters = scorers.Adapters is { IsFixed: false } own ? own : throw new ArgumentException("Only scorers with adapters that were trained here can be written.", nameof(scorers));
        DurableFile.WriteText(Path.Combine(folder, ConfigName), Config(adapters.Settings, scorers.Backbone.Config, baseName));
        using var scope = NewDisposeScope();
        var tensors = Modules(adapters, scorers.Backbone.Config)
            .SelectMany(module => ((string, Tensor)[])[($"{module.Name}.lora_A.weight", module.Update.A_ERI.detach()[expert]), ($"{module.Name}.lora_B.weight", module.Update.B_EOR.detach()[expert])])
            .Append((HeadName, scorers.Head_ED.detach().narrow(0, expert, 1)));
        SafetensorsFile.Write(Path.Combine(folder, WeightsName), tensors.OrderBy(pair => pair.Item1, StringComparer.Ordinal));
    }

    /// <summary>Copies an adapter as it is, whoever wrote it: its tensors to the byte, and its settings.</summary>
    /// <param name="from">Its folder; anything but the adapter's two files stays behind.</param>
    /// <param name="to">Made if absent.</param>
    /// <param name="baseName">The model that it sits on; null keeps the name that is there, of an absolute path, which means nothing elsewhere, the last part.</param>
    public static void Copy(string from, string to, string? baseName = null)
    {
        Directory.CreateDirectory(to);
        DurableFile.Copy(Path.Combine(from, WeightsName), Path.Combine(to, WeightsName));
        var (path, target) = (Path.Combine(from, ConfigName), Path.Combine(to, ConfigName));
        var config = JsonObject.Create(ForeignFile.Object(path))!;
        var before = (string?)config[BaseField];
        var now = baseName ?? (Path.IsPathRooted(before) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(before)) : before);
        if (now == before)
        {
            DurableFile.Copy(path, target);
            return;
        }

        config[BaseField] = now;
        DurableFile.WriteText(target, config.ToJsonString(Format) + "\n");
    }

    /// <summary>Reads folders into one stack on a backbone.</summary>
    /// <param name="folders">One per scorer.</param>
    /// <param name="settings">Their shape.</param>
    /// <param name="backbone">What they sit on.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape or no place in an adapter of this shape, or holds a number that is not finite.</exception>
    public static StackedScorers Read(IReadOnlyList<string> folders, LoraSettings settings, Backbone backbone)
    {
        using var scope = NewDisposeScope();
        var files = folders.Select(folder => SafetensorsFile.Open(Path.Combine(folder, WeightsName))).ToArray();
        try
        {
            var adapters = StackedAdapters.Build(backbone.Config, settings, files.Length, (layer, target) =>
            {
                var (path, parts) = FusedTargets.ModulesOf(backbone.Config).First(module => module.Parts.Contains(target));
                var (name, updated) = ($"{Prefix}model.layers.{layer}.{path}", parts.Where(settings.Targets.Contains).ToList());
                var (rank, first) = (settings.Rank, updated.IndexOf(target) * settings.Rank);
                var (inputs, outputs) = target.Widths(backbone.Config);
                var row = parts.TakeWhile(part => part != target).Sum(part => part.Widths(backbone.Config).Outputs);
                Tensor Take(string kind, params long[] shape) => stack(files.Select(file => file.Take($"{name}.{kind}.weight", shape)));
                var (a_ERI, b_EOR) = (Take("lora_A", rank * updated.Count, inputs), Take("lora_B", parts.Sum(part => part.Widths(backbone.Config).Outputs), rank * updated.Count));
                return (a_ERI.narrow(1, first, rank), b_EOR.narrow(1, row, outputs).narrow(2, first, rank));
            });
            CheckUnused(files, adapters, backbone.Config);
            return new StackedScorers(backbone, adapters, cat([.. files.Select(file => file.Take(HeadName, [1, backbone.Config.HiddenSize]))], 0));
        }
        finally
        {
            foreach (var file in files)
            {
                file.Dispose();
            }
        }
    }

    // By the modules that the family's classes have: where one holds several projections, their updates are one of ranks added up.
    private static IEnumerable<(string Name, LowRank Update)> Modules(StackedAdapters adapters, BackboneConfig config) =>
        from layer in Enumerable.Range(0, config.NumLayers)
        from module in FusedTargets.ModulesOf(config)
        let updates = module.Parts.Select(part => adapters.Updates[layer, part]).ToArray()
        where updates.Any(update => update is not null)
        select ($"{Prefix}model.layers.{layer}.{module.ModulePath}", updates is [{ } only] ? only : FusedTargets.Join(config, module.Parts, updates));

    // A tensor that nothing takes is a change that would be lost without a word.
    private static void CheckUnused(SafetensorsFile[] files, StackedAdapters adapters, BackboneConfig config)
    {
        var taken = Modules(adapters, config).SelectMany(module => (string[])[$"{module.Name}.lora_A.weight", $"{module.Name}.lora_B.weight"]).Append(HeadName).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (file.Entries.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => !taken.Contains(name)) is { } extra)
            {
                throw new InvalidDataException($"{file.Path}: tensor {extra} has no place in the adapter that {ArtefactFolder.ManifestName} describes (layers and targets).");
            }
        }
    }

    private static string Config(LoraSettings settings, BackboneConfig backbone, string? baseName)
    {
        var from = settings.Layers.From(backbone);
        var config = new JsonObject
        {
            [BaseField] = baseName,
            ["bias"] = "none",
            ["inference_mode"] = true,
            ["layers_to_transform"] = from == 0 ? null : new JsonArray([.. Enumerable.Range(from, backbone.NumLayers - from).Select(layer => JsonValue.Create(layer))]),
            ["lora_alpha"] = settings.Alpha ?? settings.Rank,
            ["lora_dropout"] = settings.Dropout,
            ["modules_to_save"] = new JsonArray("score"),
            ["peft_type"] = "LORA",
            ["r"] = settings.Rank,
            ["target_modules"] = new JsonArray([.. settings.Targets.Select(target => JsonValue.Create(NameOf(target, backbone))).DistinctBy(name => name.ToString())]),
            ["task_type"] = "SEQ_CLS",
        };
        WritePatterns(config, settings, backbone);
        return config.ToJsonString(Format) + "\n";
    }

    // A module of several updated projections has all their ranks, at the scale of each.
    private static void WritePatterns(JsonObject config, LoraSettings settings, BackboneConfig backbone)
    {
        foreach (var shared in settings.Targets.GroupBy(target => NameOf(target, backbone)).Where(targets => targets.Count() > 1))
        {
            (config["rank_pattern"] ??= new JsonObject())[shared.Key] = settings.Rank * shared.Count();
            (config["alpha_pattern"] ??= new JsonObject())[shared.Key] = (settings.Alpha ?? settings.Rank) * shared.Count();
        }
    }

    private static string NameOf(Target target, BackboneConfig config) =>
        FusedTargets.ModulesOf(config).First(module => module.Parts.Contains(target)).ModulePath.Split('.')[^1];
}
