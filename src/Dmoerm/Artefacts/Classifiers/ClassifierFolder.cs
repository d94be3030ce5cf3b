using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Artefacts.Classifiers;

// Dimensions: D = hidden size, L = labels.

/// <summary>Loads reward models that others trained: Hugging Face classifiers, PEFT adapters with their head, OpenRLHF's folders.</summary>
internal static class ClassifierFolder
{
    /// <summary>A folder may be a model of others.</summary>
    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, BackboneConfigFile.Name)) || AdapterBase.Has(folder);

    /// <summary>Fails where a folder that may be a model of any kind is not there.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Require(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"{folder}: no such folder; expected a trained model, a Hugging Face folder or a PEFT adapter.");
        }
    }

    /// <summary>Loads a folder in float32.</summary>
    /// <exception cref="InvalidDataException">The folder is broken, of an architecture or with a head that this version does not know, or has no head and none was asked for.</exception>
    /// <exception cref="ArgumentException">A new head was asked for, and there is one already.</exception>
    public static ClassifierParts Read(string folder, ClassifierOptions options)
    {
        var profile = ClassifierProfile.Read(folder, options.Base);
        var text = new ClassifierText(profile, options);
        CheckHead(profile, options);
        var checkpoint = BackboneFolder.Load(profile.Folder, ScalarType.Float32);
        checkpoint = options.NewHead is { } seed ? checkpoint with { ScoreHead_LD = NewHead(profile, seed) } : checkpoint;
        return new ClassifierParts(profile, profile.Adapter is { } adapter ? Merge(checkpoint, PeftFolder.Read(adapter)) : checkpoint, text);
    }

    // The weights that the adapter changes are not needed twice.
    private static BackboneCheckpoint Merge(BackboneCheckpoint model, PeftFolder adapter)
    {
        var merged = adapter.Merge(model);
        var kept = merged.Backbone.Weights.Named().Select(pair => pair.Tensor).Append(merged.ScoreHead_LD).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var tensor in model.Backbone.Weights.Named().Select(pair => (Tensor?)pair.Tensor).Append(model.ScoreHead_LD).Append(model.LanguageHead_VD).Where(tensor => !kept.Contains(tensor)))
        {
            tensor?.Dispose();
        }

        model.Backbone.Dispose();
        return merged;
    }

    private static void CheckHead(ClassifierProfile profile, ClassifierOptions options)
    {
        if (!profile.HasHead && options.NewHead is null)
        {
            throw new InvalidDataException($"{profile.Adapter ?? profile.Folder}: there is no head (score.weight) to score with; a new one is random, and its rewards mean nothing before it is trained: ask for it (--new-head) if that is what you want.");
        }

        if (profile.HasHead && options.NewHead is not null)
        {
            throw new ArgumentException($"{profile.Adapter ?? profile.Folder} has a head; a new one (--new-head) is for a folder without.");
        }
    }

    /// <summary>A head that was never trained.</summary>
    /// <remarks>Source: OpenRLHF's start, deviation 1 / (D + 1) (openrlhf/models/model.py at commit 0008ea1).</remarks>
    private static Tensor NewHead(ClassifierProfile profile, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        var width = profile.Backbone.Config.HiddenSize;
        return (randn([profile.Labels.Count, width], ScalarType.Float32, generator: random) / (width + 1)).DetachFromDisposeScope();
    }
}
