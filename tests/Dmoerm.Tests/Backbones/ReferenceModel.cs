using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Backbones;

/// <summary>A reference folder, loaded, with the values it should give.</summary>
internal sealed class ReferenceModel : IDisposable
{
    private readonly SafetensorsFile _expected;

    private ReferenceModel(BackboneCheckpoint checkpoint, string expectedFolder)
    {
        Checkpoint = checkpoint;
        _expected = SafetensorsFile.Open(Path.Combine(expectedFolder, "expected.safetensors"));
        var json = JsonElement.Parse(File.ReadAllText(Path.Combine(expectedFolder, "expected.json")));
        Rows = [.. json.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt64()).ToArray())];
        PromptLengths = [.. json.GetProperty("prompt_lengths").EnumerateArray().Select(length => length.GetInt32())];
    }

    /// <summary>Every reference folder.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        "llama/base", "llama/biased", "llama/causal", "llama/causal-fp16", "llama/causal-sharded", "llama/causal-tied-bf16", "llama/seqcls", "llama/seqcls-5",
        "llama3-rope/causal", "llama3-rope/seqcls", "qwen2/causal", "qwen2/causal-sliding", "qwen2/seqcls", "qwen3/causal", "qwen3/seqcls",
        "mistral/causal", "mistral/seqcls", "gemma2/causal", "gemma2/seqcls", "phi3/causal", "phi3/seqcls",
    ];

    /// <summary>One folder for each way of computing.</summary>
    public static IReadOnlyList<string> Families { get; } =
        ["llama/biased", "llama3-rope/causal", "qwen2/causal", "qwen2/causal-sliding", "qwen3/causal", "mistral/causal", "gemma2/causal", "phi3/causal"];

    public BackboneCheckpoint Checkpoint { get; }

    public long[][] Rows { get; }

    public int[] PromptLengths { get; }

    /// <summary>Loads a folder of the fixtures with one of its two spellings of the config.</summary>
    public static ReferenceModel Open(string folder, string config, ScalarType type)
    {
        var path = TestFolders.Fixture("models", folder);
        // The sharded folder holds the same weights as llama/causal and must give the same values.
        var expected = Path.Exists(Path.Combine(path, "expected.json")) ? path : TestFolders.Fixture("models", "llama", "causal");
        if (config == "config.json")
        {
            return new ReferenceModel(BackboneFolder.Load(path, type), expected);
        }

        var copy = Copy(path);
        File.Move(Path.Combine(copy, config), Path.Combine(copy, "config.json"), overwrite: true);
        var checkpoint = BackboneFolder.Load(copy, type);
        Directory.Delete(copy, recursive: true);
        return new ReferenceModel(checkpoint, expected);
    }

    /// <summary>A copy of a folder's files that may be changed.</summary>
    public static string Copy(string folder)
    {
        var copy = TestFolders.Temporary();
        foreach (var file in Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).StartsWith("expected", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    public Tensor Read(string name) => _expected.Read(name);

    public void Dispose()
    {
        _expected.Dispose();
        Checkpoint.Dispose();
    }
}
