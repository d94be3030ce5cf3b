using System.Text.RegularExpressions;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Experts.Adapters;

/// <summary>An adapter as PEFT saves it: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>
/// Stricter than PEFT, which only warns of missing tensors and passes over unknown ones, and then scores otherwise than the model that was
/// trained. Source: what PEFT 0.21 did with nearly right folders (shared reference adapters).
/// </remarks>
public sealed partial record PeftFolder
{
    internal const string WeightsName = "adapter_model.safetensors";
    internal const string Prefix = "base_model.model.";

    private PeftFolder(string path, PeftSettings settings) => (Path, Settings) = (path, settings);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What its configuration says.</summary>
    public PeftSettings Settings { get; }

    /// <summary>Reads the configuration and the names of the tensors.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">A file is missing or broken, asks for arithmetic that this version lacks, or has tensors under names that PEFT would not use.</exception>
    public static PeftFolder Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"{folder}: no such folder; a PEFT adapter was expected there.");
        }

        var settings = PeftSettingsFile.Read(System.IO.Path.Combine(folder, PeftSettingsFile.Name));
        using var file = Open(folder);
        foreach (var name in file.Entries.Keys.Order(StringComparer.Ordinal))
        {
            CheckName(file.Path, name);
        }

        return new PeftFolder(folder, settings);
    }

    /// <summary>Reads the tensors, for a given backbone and in its number type.</summary>
    /// <param name="backbone">The model that the adapter was made for, unchanged.</param>
    /// <returns>The adapter, in new memory; the caller's dispose scope owns it.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape or no place, or holds a number that is not finite: among others, the adapter is for another base.</exception>
    public PeftAdapter On(Backbone backbone)
    {
        using var file = Open(Path);
        return new PeftAdapterReader(this, file, backbone).Read();
    }

    /// <summary>A folder's classifier: base and adapter as one set of weights, with the adapter's head.</summary>
    /// <param name="model">The base, with or without a head of its own. What the adapter leaves alone is shared with it: dispose the result instead of it.</param>
    /// <exception cref="InvalidDataException">See <see cref="On"/>; or neither adapter nor base has a head.</exception>
    public BackboneCheckpoint Merge(BackboneCheckpoint model)
    {
        using var scope = NewDisposeScope();
        return On(model.Backbone).Merge(model);
    }

    private static SafetensorsFile Open(string folder)
    {
        var path = System.IO.Path.Combine(folder, WeightsName);
        if (!File.Exists(path) && File.Exists(System.IO.Path.Combine(folder, "adapter_model.bin")))
        {
            throw new InvalidDataException($"{folder}: adapter_model.bin can run code when read and is refused; expected {WeightsName}: convert it.");
        }

        return SafetensorsFile.Open(path);
    }

    // What PEFT passes over with a warning at most, and what its memory, not its files, calls tensors.
    private static void CheckName(string path, string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: tensor {name} lacks the prefix {Prefix}, so PEFT would not use it.");
        }

        if (NamedAdapter().Match(name) is { Success: true } match)
        {
            throw new InvalidDataException($"{path}: tensor {name} keeps the adapter's name '{match.Groups["name"].Value}', which PEFT takes out on saving: expected {match.Groups["head"].Value}.{match.Groups["tail"].Value}.");
        }

        if (name.Contains(".modules_to_save.", StringComparison.Ordinal) || name.Contains(".original_module.", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: tensor {name} has the name that PEFT uses in memory; expected a file in which a module that is saved whole has its own name, such as {Prefix}{PeftSettings.HeadModule}.weight.");
        }
    }

    [GeneratedRegex(@"^(?<head>.*\.(lora_A|lora_B|lora_embedding_A|lora_embedding_B|score))\.(?!(weight|bias|modules_to_save|original_module)\b)(?<name>.+)\.(?<tail>weight|bias)$", RegexOptions.CultureInvariant)]
    private static partial Regex NamedAdapter();
}
