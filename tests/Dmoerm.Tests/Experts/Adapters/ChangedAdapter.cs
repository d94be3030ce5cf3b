using System.Text.Json.Nodes;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Copies of the reference adapters with one thing changed.</summary>
internal static class ChangedAdapter
{
    /// <summary>The head's name in a file.</summary>
    public const string Head = "base_model.model.score.weight";

    /// <summary>The first A of most adapters.</summary>
    public const string FirstA = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    /// <summary>Writes a changed copy.</summary>
    /// <param name="source">The adapter's name.</param>
    /// <param name="config">Changes the configuration.</param>
    /// <param name="tensors">Changes the tensors: new name or null to leave out, and the tensor.</param>
    /// <returns>The copy's folder.</returns>
    public static string Write(string source, Action<JsonObject>? config = null, Func<string, Tensor, (string? Name, Tensor Tensor)>? tensors = null)
    {
        using var scope = NewDisposeScope();
        var (from, folder) = (PeftReference.Folder(source), TestFolders.Temporary());
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "adapter_config.json")))!.AsObject();
        config?.Invoke(json);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), json.ToJsonString());
        using var file = SafetensorsFile.Open(Path.Combine(from, "adapter_model.safetensors"));
        var changed = file.Entries.Keys.Select(name => tensors?.Invoke(name, file.Read(name)) ?? (name, file.Read(name)));
        SafetensorsFile.Write(Path.Combine(folder, "adapter_model.safetensors"), changed.Where(pair => pair.Name is not null).Select(pair => (pair.Name!, pair.Tensor)));
        return folder;
    }

    /// <summary>The same with one more tensor.</summary>
    public static string WriteExtra(string source, string name)
    {
        using var scope = NewDisposeScope();
        var folder = Write(source);
        var path = Path.Combine(folder, "adapter_model.safetensors");
        using (var file = SafetensorsFile.Open(path))
        {
            var tensors = file.Entries.Keys.Select(key => (key, file.Read(key))).Append((name, zeros(1))).ToArray();
            SafetensorsFile.Write(path, tensors);
        }

        return folder;
    }
}
