using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank, D = hidden size.

/// <summary>Adapters with their heads as PEFT writes them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>Names and settings: PEFT 0.21, as its saved folders show them (shared reference adapters).</remarks>
internal static class AdapterFolder
{
    private const string ConfigName = "adapter_config.json";
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";
    private const string HeadName = Prefix + "score.weight";

    /// <summary>Writes one scorer of a stack.</summary>
    public static void Write(string folder, StackedScorers scorers, int expert)
    {
        Directory.CreateDirectory(folder);
        var adapters = scorers.Adapters ?? throw new ArgumentException("Only scorers with adapters have an adapter folder.", nameof(scorers));
        DurableFile.WriteText(Path.Combine(folder, ConfigName), Config(adapters.Settings, scorers.Backbone.Config));
        using var scope = NewDisposeScope();
        var tensors = adapters.Named().Select(pair => ($"{Prefix}model.{pair.Name}.weight", pair.Tensor.detach()[expert]))
            .Append((HeadName, scorers.Head_ED.detach().narrow(0, expert, 1)));
        SafetensorsFile.Write(Path.Combine(folder, WeightsName), tensors.OrderBy(pair => pair.Item1, StringComparer.Ordinal));
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
                var (inputs, outputs) = target.Widths(backbone.Config);
                var name = $"{Prefix}model.layers.{layer}.{target.ModulePath()}";
                return (
                    stack(files.Select(file => file.Take($"{name}.lora_A.weight", [settings.Rank, inputs]))),
                    stack(files.Select(file => file.Take($"{name}.lora_B.weight", [outputs, settings.Rank]))));
            });
            CheckUnused(files, adapters);
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

    // A tensor that nothing takes is a change that would be lost without a word.
    private static void CheckUnused(SafetensorsFile[] files, StackedAdapters adapters)
    {
        var taken = adapters.Named().Select(pair => $"{Prefix}model.{pair.Name}.weight").Append(HeadName).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (file.Entries.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => !taken.Contains(name)) is { } extra)
            {
                throw new InvalidDataException($"{file.Path}: tensor {extra} has no place in the adapter that {ArtefactFolder.ManifestName} describes (layers and targets).");
            }
        }
    }

    private static string Config(LoraSettings settings, BackboneConfig backbone)
    {
        var from = settings.Layers.From(backbone);
        var config = new JsonObject
        {
            ["base_model_name_or_path"] = null,
            ["bias"] = "none",
            ["inference_mode"] = true,
            ["layers_to_transform"] = from == 0 ? null : new JsonArray([.. Enumerable.Range(from, backbone.NumLayers - from).Select(layer => JsonValue.Create(layer))]),
            ["lora_alpha"] = settings.Alpha ?? settings.Rank,
            ["lora_dropout"] = settings.Dropout,
            ["modules_to_save"] = new JsonArray("score"),
            ["peft_type"] = "LORA",
            ["r"] = settings.Rank,
            ["target_modules"] = new JsonArray([.. settings.Targets.Select(target => JsonValue.Create(target.ModuleName()))]),
            ["task_type"] = "SEQ_CLS",
        };
        return config.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n";
    }
}
