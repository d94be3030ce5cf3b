using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts.Exports;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank.

/// <summary>A base's adapter and an expert's on top of it as one adapter on the common backbone.</summary>
/// <remarks>
/// B1 A1 + B2 A2 is [B1 B2] times A1 over A2: the ranks add up, the scales go into B, and where only one of the two changes a projection the other's part is zero.
/// Source: ours; the layout is what PEFT reads as one adapter of one rank.
/// </remarks>
internal static class JoinedAdapter
{
    /// <summary>Joins them.</summary>
    /// <param name="backbone">The common backbone.</param>
    /// <param name="trained">The base: a stack of one.</param>
    /// <param name="experts">The experts.</param>
    /// <param name="expert">The place of the one that is wanted.</param>
    /// <returns>A stack of one on the common backbone, with the expert's head and a scale of 1.</returns>
    /// <exception cref="InvalidDataException">The expert has magnitudes (DoRA) or biases, which no sum of two adapters can have.</exception>
    public static StackedScorers Of(Backbone backbone, StackedScorers trained, StackedScorers experts, int expert)
    {
        using var scope = NewDisposeScope();
        var (low, high) = (trained.Adapters!, experts.Adapters!);
        RefuseUnlessPlain(low, "the base");
        RefuseUnlessPlain(high, "the expert");
        var (config, type) = (backbone.Config, backbone.Weights.Embedding_VD.dtype);
        var from = Math.Min(low.Settings.Layers.From(config), high.Settings.Layers.From(config));
        var settings = new LoraSettings
        {
            Rank = low.Settings.Rank + high.Settings.Rank,
            Targets = [.. low.Settings.Targets.Union(high.Settings.Targets).Order()],
            Layers = from == 0 ? LayerChoice.All : new LayerChoice(config.NumLayers - from),
        };
        var adapters = StackedAdapters.Build(config, settings, 1, (layer, target) =>
        {
            var (inputs, outputs) = target.Widths(config);
            (Tensor A_1RI, Tensor B_1OR) Part(StackedAdapters stack, int place) => stack.Updates[layer, target] is { } update
                ? (update.A_ERI.narrow(0, place, 1), update.B_EOR.narrow(0, place, 1) * update.Scale)
                : (zeros([1, stack.Settings.Rank, inputs], type), zeros([1, outputs, stack.Settings.Rank], type));
            var (first, second) = (Part(low, 0), Part(high, expert));
            return (cat([first.A_1RI, second.A_1RI], 1), cat([first.B_1OR, second.B_1OR], 2));
        });
        return new StackedScorers(backbone, adapters, experts.Head_ED.detach().narrow(0, expert, 1));
    }

    private static void RefuseUnlessPlain(StackedAdapters adapters, string whose)
    {
        foreach (var ((layer, target), update) in adapters.Updates.Updates)
        {
            if ((update.Gain_EO is not null ? "magnitudes (DoRA)" : update.Shift_EO is not null ? "biases" : null) is { } kind)
            {
                throw new InvalidDataException($"layers.{layer}.{target.ModulePath()}: {whose} has {kind}, so base and expert cannot be one adapter; export it merged.");
            }
        }
    }
}
