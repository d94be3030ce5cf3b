using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Updates;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank.

/// <summary>Projections that some families store, and PEFT adapts, as one (Phi-3): <c>qkv_proj</c> and <c>gate_up_proj</c>.</summary>
/// <remarks>In memory they are always apart. An update of the fused one is an update of each part with the same A and its rows of B, exactly; so is, row by row, DoRA's magnitude.</remarks>
public static class FusedTargets
{
    /// <summary>The fused modules by their path inside a layer, with their parts in the order of the rows.</summary>
    public static IReadOnlyList<(string ModulePath, IReadOnlyList<Target> Parts)> All { get; } =
        [("self_attn.qkv_proj", [Target.Query, Target.Key, Target.Value]), ("mlp.gate_up_proj", [Target.Gate, Target.Up])];

    /// <summary>The modules that a family's classes have, by their path inside a layer, with the projections that each holds in the order of its rows.</summary>
    public static IReadOnlyList<(string ModulePath, IReadOnlyList<Target> Parts)> ModulesOf(BackboneConfig config)
    {
        var fused = config.FusedProjections ? All : [];
        return [.. fused, .. Enum.GetValues<Target>().Where(target => !fused.Any(module => module.Parts.Contains(target))).Select(target => (target.ModulePath(), (IReadOnlyList<Target>)[target]))];
    }

    /// <summary>The update of a fused projection as updates of its parts.</summary>
    /// <param name="config">The decoder's shape.</param>
    /// <param name="parts">The parts in the order of the rows.</param>
    /// <param name="fused">A [E, R, I], B [E, sum of O, R].</param>
    /// <returns>For each part A, which all share, and its own rows of all else; views.</returns>
    /// <exception cref="ArgumentException">B has another number of rows than the parts together.</exception>
    public static IReadOnlyList<(Target Target, LowRank Update)> Split(BackboneConfig config, IReadOnlyList<Target> parts, LowRank fused)
    {
        var rows = parts.Sum(part => part.Widths(config).Outputs);
        if (fused.B_EOR.shape[1] != rows)
        {
            throw new ArgumentException($"Expected B with {rows} rows, one for each output of {string.Join(", ", parts.Select(part => part.ModuleName()))}, got {fused.B_EOR.shape[1]}.", nameof(fused));
        }

        var (split, first) = (new List<(Target, LowRank)>(), 0L);
        foreach (var part in parts)
        {
            var count = part.Widths(config).Outputs;
            split.Add((part, fused with { A_ERI = fused.A_ERI.alias(), B_EOR = fused.B_EOR.narrow(1, first, count), Gain_EO = fused.Gain_EO?.narrow(1, first, count), Shift_EO = fused.Shift_EO?.narrow(1, first, count) }));
            first += count;
        }

        return split;
    }

    /// <summary>Updates of the parts as one update of the fused projection: ranks are added, and each part's B has its own columns.</summary>
    /// <param name="config">The decoder's shape.</param>
    /// <param name="parts">The parts in the order of the rows.</param>
    /// <param name="updates">Each part's update; null where a part has none.</param>
    /// <returns>A [E, sum of R, I], B [E, sum of O, sum of R]; the parts' scale where it is one, else 1.</returns>
    /// <exception cref="ArgumentException">No part has an update, or one has magnitudes or biases.</exception>
    public static LowRank Join(BackboneConfig config, IReadOnlyList<Target> parts, IReadOnlyList<LowRank?> updates)
    {
        using var scope = NewDisposeScope();
        var given = updates.OfType<LowRank>().ToArray();
        if (given.Length == 0 || given.Any(update => update.Gain_EO is not null || update.Shift_EO is not null))
        {
            throw new ArgumentException($"Expected plain updates of {string.Join(", ", parts.Select(part => part.ModuleName()))}, got {(given.Length == 0 ? "none" : "magnitudes or biases")}.", nameof(updates));
        }

        // Left as it is, the scale can be taken out of a file again to the bit.
        var scale = given.All(update => update.Scale == given[0].Scale) ? given[0].Scale : 1;
        var a_ERI = cat([.. given.Select(update => update.A_ERI)], 1);
        var (total, rows) = (parts.Sum(part => part.Widths(config).Outputs), parts.Zip(updates).ToArray());
        var b_EOR = zeros([given[0].B_EOR.shape[0], total, a_ERI.shape[1]], given[0].B_EOR.dtype, given[0].B_EOR.device);
        var (row, column) = (0L, 0L);
        foreach (var (part, update) in rows)
        {
            if (update is not null)
            {
                var rank = update.B_EOR.shape[2];
                b_EOR.narrow(1, row, update.B_EOR.shape[1]).narrow(2, column, rank).copy_(update.Scale == scale ? update.B_EOR : update.B_EOR * update.Scale);
                column += rank;
            }

            row += part.Widths(config).Outputs;
        }

        return new LowRank(a_ERI.MoveToOuterDisposeScope(), b_EOR.MoveToOuterDisposeScope(), scale);
    }
}
