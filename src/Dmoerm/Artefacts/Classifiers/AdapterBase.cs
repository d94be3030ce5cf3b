using Dmoerm.Backbones.Weights;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>What a PEFT adapter makes of the model that it sits on.</summary>
internal static class AdapterBase
{
    /// <summary>A folder holds an adapter, whatever else lies beside it: transformers too loads the adapter then.</summary>
    public static bool Has(string folder) => File.Exists(Path.Combine(folder, PeftSettingsFile.Name));

    /// <summary>The profile of base and adapter together.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="model">Its base.</param>
    /// <exception cref="InvalidDataException">Both have heads, of different sizes.</exception>
    public static ClassifierProfile Change(PeftFolder adapter, ClassifierProfile model)
    {
        if (HeadOutputs(adapter) is not { } outputs)
        {
            // The base's own head stays, as in PEFT.
            return model with { Adapter = adapter.Path };
        }

        if (model.HasHead && model.Labels.Count != outputs)
        {
            throw new InvalidDataException($"{adapter.Path}: its head has {outputs} outputs, that of its base {model.Folder} has {model.Labels.Count}: the adapter is for another base.");
        }

        return model with
        {
            Adapter = adapter.Path,
            HasHead = true,
            Labels = model.Labels.Count == outputs ? model.Labels : ClassifierProfile.Unnamed(outputs),
        };
    }

    /// <summary>The folder of an adapter's base.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="named">What the caller says; null takes what the adapter says.</param>
    /// <exception cref="InvalidDataException">The adapter names none, or one that is no folder here.</exception>
    public static string FolderOf(PeftFolder adapter, string? named)
    {
        var folder = named ?? adapter.Settings.BaseModel ?? throw new InvalidDataException($"{adapter.Path}: {PeftSettingsFile.Name} names no base model: name its folder (--base FOLDER).");
        return Directory.Exists(folder)
            ? folder
            : throw new InvalidDataException($"{(named is null ? $"{adapter.Path}: its base model '{folder}' is not a folder here; name one (--base FOLDER)" : $"{folder}: no such folder; the adapter's base model was expected there")}.");
    }

    private static int? HeadOutputs(PeftFolder adapter)
    {
        using var file = SafetensorsFile.Open(Path.Combine(adapter.Path, PeftFolder.WeightsName));
        return file.Entries.TryGetValue($"{PeftFolder.Prefix}{PeftSettings.HeadModule}.weight", out var head) && head.Shape.Count == 2 ? (int)head.Shape[0] : null;
    }
}
