using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Experts.Adapters;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank, D = hidden size.

/// <summary>Adapters of PEFT side by side on one backbone, so that one pass serves all, whatever their ranks, scales, magnitudes and biases.</summary>
public static class PeftExperts
{
    /// <summary>Reads folders into one stack.</summary>
    /// <param name="folders">One per expert, at least one.</param>
    /// <param name="backbone">The model that all of them were made for.</param>
    /// <exception cref="InvalidDataException">An adapter does not fit; see <see cref="PeftFolder"/> and <see cref="Of"/>.</exception>
    public static StackedScorers Read(IReadOnlyList<string> folders, Backbone backbone)
    {
        using var scope = NewDisposeScope();
        return Of(backbone, [.. folders.Select(folder => PeftFolder.Read(folder).On(backbone))]);
    }

    /// <summary>Joins adapters.</summary>
    /// <exception cref="InvalidDataException">One has no head, a head of several numbers, or replaces a module that all experts share.</exception>
    public static StackedScorers Of(Backbone backbone, IReadOnlyList<PeftAdapter> adapters)
    {
        using var scope = NewDisposeScope();
        foreach (var adapter in adapters)
        {
            Check(adapter);
        }

        var updates = new LowRankSet();
        foreach (var place in adapters.SelectMany(adapter => adapter.Updates.Updates.Select(update => update.Place)).Distinct().Order())
        {
            var joined = Join([.. adapters.Select(adapter => adapter.Updates[place.Layer, place.Target])]);
            updates.Add(place.Layer, place.Target, joined.DetachFromDisposeScope());
        }

        return new StackedScorers(backbone, new StackedAdapters(backbone.Config, updates, adapters.Count), cat([.. adapters.Select(adapter => adapter.Head_LD!)], 0));
    }

    private static void Check(PeftAdapter adapter)
    {
        var folder = adapter.Folder.Path;
        if (adapter.Head_LD is null)
        {
            throw new InvalidDataException($"{folder}: the adapter has no head ({PeftFolder.Prefix}{PeftSettings.HeadModule}.weight): as an expert it needs one of its own.");
        }

        if (adapter.Head_LD.shape[0] != 1)
        {
            throw new InvalidDataException($"{folder}: the adapter's head gives {adapter.Head_LD.shape[0]} numbers, an expert's gives one.");
        }

        if (adapter.Replaced.Count > 0)
        {
            throw new InvalidDataException($"{folder}: field 'modules_to_save': the adapter replaces {adapter.Replaced[0]}, which all experts share; as an expert it may have updates, biases and a head.");
        }
    }

    // Experts without an update here get one that changes nothing.
    private static LowRank Join(IReadOnlyList<LowRank?> updates)
    {
        var known = updates.First(update => update is not null)!;
        var (inputs, outputs, rank) = (known.A_ERI.shape[2], known.B_EOR.shape[1], updates.Max(update => update?.A_ERI.shape[1] ?? 0));
        Tensor Zeros(params long[] shape) => zeros(shape, known.A_ERI.dtype, known.A_ERI.device);
        Tensor Row(Tensor? row_EO, double otherwise) => row_EO is null ? Zeros(outputs) + otherwise : row_EO[0];
        Tensor A(LowRank? update) => update is null ? Zeros(rank, inputs) : cat([update.A_ERI[0], Zeros(rank - update.A_ERI.shape[1], inputs)], 0);
        Tensor B(LowRank? update) => update is null ? Zeros(outputs, rank) : cat([update.B_EOR[0] * update.Scale, Zeros(outputs, rank - update.B_EOR.shape[2])], 1);
        return new LowRank(stack(updates.Select(A)), stack(updates.Select(B)), 1)
        {
            Gain_EO = updates.Any(update => update?.Gain_EO is not null) ? stack(updates.Select(update => Row(update?.Gain_EO, 1))) : null,
            Shift_EO = updates.Any(update => update?.Shift_EO is not null) ? stack(updates.Select(update => Row(update?.Shift_EO, 0))) : null,
        };
    }
}
