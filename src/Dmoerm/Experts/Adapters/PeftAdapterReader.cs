using Dmoerm.Backbones;
using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Experts.Adapters;

// Dimensions: I = input width, O = output width, R = LoRA rank, D = hidden size, L = labels.

/// <summary>Takes an adapter's tensors by name and shape, for one backbone, until none is left.</summary>
/// <param name="folder">The adapter.</param>
/// <param name="file">Its tensors.</param>
/// <param name="backbone">What it sits on.</param>
internal sealed class PeftAdapterReader(PeftFolder folder, SafetensorsFile file, Backbone backbone)
{
    private const string HeadName = PeftFolder.Prefix + PeftSettings.HeadModule + ".weight";

    private readonly HashSet<string> _left = [.. file.Entries.Keys];
    private readonly PeftSettings _settings = folder.Settings;

    /// <summary>Reads the adapter.</summary>
    public PeftAdapter Read()
    {
        using var scope = NewDisposeScope();
        RefuseOtherTargets();
        var replaced = backbone.Weights.Named().Where(pair => _settings.Saves(ModuleOf(pair.Name)))
            .ToDictionary(pair => pair.Name, pair => Take($"{PeftFolder.Prefix}model.{pair.Name}", pair.Tensor.shape));
        var on = replaced.Count == 0 ? backbone : new Backbone(backbone.Config, backbone.Weights.Map((name, tensor) => replaced.GetValueOrDefault(name) ?? tensor));
        var updates = new LowRankSet();
        var modules = FusedTargets.ModulesOf(backbone.Config);
        for (var layer = 0; layer < backbone.Config.NumLayers; layer++)
        {
            foreach (var (path, parts) in modules)
            {
                if (ReadUpdate($"model.layers.{layer}.{path}", AsOne([.. parts.Select(part => on.Weights.Layers[layer][part])])) is { } update)
                {
                    Add(updates, layer, parts, update);
                }
            }
        }

        var head_LD = ReadHead();
        CheckUnused(updates);
        foreach (var tensor in replaced.Values.Append(head_LD))
        {
            tensor?.MoveToOuterDisposeScope();
        }

        foreach (var (_, update) in updates.Updates)
        {
            update.MoveToOuterDisposeScope();
        }

        return new PeftAdapter(folder, on, updates, head_LD) { Replaced = [.. replaced.Keys] };
    }

    // Updates of embeddings, norms or the head have tensors of other kinds.
    private void RefuseOtherTargets()
    {
        var projections = backbone.Weights.Named().Select(pair => ModuleOf(pair.Name)).Append(PeftSettings.HeadModule).Distinct();
        var other = projections.FirstOrDefault(module => !module.EndsWith("_proj", StringComparison.Ordinal) && _settings.Updates(module));
        if (other is not null)
        {
            throw new InvalidDataException($"{System.IO.Path.Combine(folder.Path, PeftSettingsFile.Name)}: field 'target_modules' takes in {other}; this version reads updates of the layers' projections only.");
        }
    }

    // What PEFT sees as one module may be several projections here.
    private static Projection AsOne(Projection[] parts) => parts is [var only]
        ? only
        : new Projection(cat([.. parts.Select(part => part.Weight_OI)], 0), parts[0].Bias_O is null ? null : cat([.. parts.Select(part => part.Bias_O!)], 0));

    private void Add(LowRankSet updates, int layer, IReadOnlyList<Target> parts, LowRank update)
    {
        foreach (var (target, part) in parts.Count == 1 ? [(parts[0], update)] : FusedTargets.Split(backbone.Config, parts, update))
        {
            // A tensor of its own for each, since each is handed from scope to scope by itself.
            updates.Add(layer, target, part with { A_ERI = part.A_ERI.alias() });
        }
    }

    private LowRank? ReadUpdate(string module, Projection projection)
    {
        var (inputs, outputs) = (projection.Weight_OI.shape[1], projection.Weight_OI.shape[0]);
        var isUpdated = _settings.Updates(module);
        var shift_O = ReadShift(module, projection, isUpdated);
        if (!isUpdated)
        {
            var type = backbone.Weights.Embedding_VD.dtype;
            return shift_O is null ? null : new LowRank(zeros([1, 0, inputs], type), zeros([1, outputs, 0], type), 1) { Shift_EO = shift_O.unsqueeze(0) };
        }

        var rank = _settings.RankOf(module);
        var update = new LowRank(Take($"{PeftFolder.Prefix}{module}.lora_A.weight", [rank, inputs]).unsqueeze(0), Take($"{PeftFolder.Prefix}{module}.lora_B.weight", [outputs, rank]).unsqueeze(0), _settings.ScaleOf(module))
        {
            Shift_EO = shift_O?.unsqueeze(0),
        };
        return _settings.Magnitudes ? update with { Gain_EO = ReadGain(module, projection, update).unsqueeze(0) } : update;
    }

    // What the adapter adds to the projection's bias: the trained bias less the base's, and B's own, scaled as B A is.
    private Tensor? ReadShift(string module, Projection projection, bool isUpdated)
    {
        long[] shape = [projection.Weight_OI.shape[0]];
        var trained = !_settings.Saves(module) && projection.Bias_O is not null && (_settings.Bias == PeftBias.All || (_settings.Bias == PeftBias.Updated && isUpdated));
        var shift_O = trained ? Take($"{PeftFolder.Prefix}{module}{(isUpdated ? ".base_layer" : "")}.bias", shape) - projection.Bias_O! : null;
        if (!_settings.UpdateBias || !isUpdated)
        {
            return shift_O;
        }

        var own_O = Take($"{PeftFolder.Prefix}{module}.lora_B.bias", shape) * _settings.ScaleOf(module);
        return shift_O is null ? own_O : shift_O + own_O;
    }

    // DoRA: magnitude over the norm of each row of the changed weight.
    private Tensor ReadGain(string module, Projection projection, LowRank update)
    {
        var name = $"{PeftFolder.Prefix}{module}.lora_magnitude_vector";
        var magnitude_O = Take(file.Entries.ContainsKey($"{name}.weight") ? $"{name}.weight" : name, [projection.Weight_OI.shape[0]]);
        var gain_O = magnitude_O / (projection.Weight_OI + update.Change(0)).square().sum(1).sqrt();
        return gain_O.IsFinite() ? gain_O : throw new InvalidDataException($"{file.Path}: {name}: a row of the changed weight is zero, so it has no direction for a magnitude.");
    }

    private Tensor? ReadHead()
    {
        if (!_settings.ExpectsHead && !file.Entries.ContainsKey(HeadName))
        {
            return null;
        }

        if (!file.Entries.TryGetValue(HeadName, out var entry))
        {
            throw new InvalidDataException($"{file.Path}: the head {HeadName} is missing, though {PeftSettingsFile.Name} says that the adapter has one (task_type, modules_to_save).");
        }

        return Take(HeadName, [entry.Shape.Count == 0 ? 1 : entry.Shape[0], backbone.Config.HiddenSize]);
    }

    private Tensor Take(string name, long[] shape)
    {
        _left.Remove(name);
        var embedding = backbone.Weights.Embedding_VD;
        return file.Take(name, shape, embedding.dtype).to(embedding.device);
    }

    private void CheckUnused(LowRankSet updates)
    {
        if (_left.Order(StringComparer.Ordinal).FirstOrDefault() is { } extra)
        {
            throw new InvalidDataException($"{file.Path}: tensor {extra} has no place: {PeftSettingsFile.Name} and the base ({backbone.Config.ModelType}, {backbone.Config.NumLayers} layers) have no use for it, and PEFT would pass over it.");
        }

        if (!updates.Updates.Any())
        {
            throw new InvalidDataException($"{System.IO.Path.Combine(folder.Path, PeftSettingsFile.Name)}: field 'target_modules' names no projection of a {backbone.Config.ModelType} of {backbone.Config.NumLayers} layers.");
        }
    }

    private static string ModuleOf(string tensor) => "model." + tensor[..tensor.LastIndexOf('.')];
}
