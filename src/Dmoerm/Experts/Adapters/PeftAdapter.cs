using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Experts.Adapters;

// Dimensions: D = hidden size, L = labels.

/// <summary>An adapter with its tensors, on the backbone that it changes.</summary>
/// <param name="Folder">Where it comes from.</param>
/// <param name="Backbone">What the updates sit on: the base, or a copy in which modules that the adapter stores whole are replaced.</param>
/// <param name="Updates">Its updates, as a stack of one.</param>
/// <param name="Head_LD">[L, D], its head; null where the file has none.</param>
public sealed record PeftAdapter(PeftFolder Folder, Backbone Backbone, LowRankSet Updates, Tensor? Head_LD)
{
    /// <summary>The backbone's tensors that the adapter stores whole.</summary>
    public IReadOnlyList<string> Replaced { get; init; } = [];

    /// <summary>The lowest layer that is changed.</summary>
    public int From => Updates.Updates.Min(update => update.Place.Layer);

    /// <summary>Base and adapter as one set of weights.</summary>
    /// <param name="model">The base's folder. Its head is kept where the adapter has none, as PEFT does.</param>
    /// <returns>A classifier; what the adapter leaves alone is shared with <paramref name="model"/>.</returns>
    /// <exception cref="InvalidDataException">Neither has a head, or B has a bias where the base's projection has none: no folder can say that.</exception>
    public BackboneCheckpoint Merge(BackboneCheckpoint model)
    {
        using var scope = NewDisposeScope();
        foreach (var ((layer, target), update) in Updates.Updates)
        {
            if (update.Shift_EO is not null && Backbone.Weights.Layers[layer][target].Bias_O is null)
            {
                throw new InvalidDataException($"{Folder.Path}: field 'lora_bias' gives layers.{layer}.{target.ModulePath()} a bias that the base does not have: such an adapter cannot be merged.");
            }
        }

        var head_LD = Head_LD ?? model.ScoreHead_LD ?? throw new InvalidDataException($"{Folder.Path}: neither the adapter nor its base has a head ({PeftSettings.HeadModule}.weight).");
        foreach (var (_, tensor) in Backbone.Weights.Named())
        {
            tensor.DetachFromDisposeScope();
        }

        var merged = Backbone.Merge(Updates);
        var config = merged.Config with { NumLabels = (int)head_LD.shape[0], Architecture = null };
        return new BackboneCheckpoint { Backbone = new Backbone(config, merged.Weights), ScoreHead_LD = head_LD.DetachFromDisposeScope(), Unused = model.Unused };
    }
}
