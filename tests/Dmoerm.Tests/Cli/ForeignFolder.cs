using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>A folder of a model that others trained, in a copy that a test may change.</summary>
internal sealed class ForeignFolder : IDisposable
{
    private ForeignFolder(string source)
    {
        foreach (var file in Directory.GetFiles(source).Where(file => !System.IO.Path.GetFileName(file).StartsWith("expected", StringComparison.Ordinal)))
        {
            File.Copy(file, At(System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; } = TestFolders.Temporary();

    /// <summary>A copy of a fixture.</summary>
    public static ForeignFolder Of(params string[] fixture) => new(TestFolders.Fixture(fixture));

    /// <summary>A classifier of random head on the tiny language model, with tokenizer and chat template.</summary>
    public static ForeignFolder WithText(int labels)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var folder = new ForeignFolder(PlantedFiles.Backbone);
        using var checkpoint = BackboneFolder.Load(PlantedFiles.Backbone, ScalarType.Float32);
        BackboneFolder.Save(folder.Path, checkpoint.Backbone, scoreHead_LD: randn([labels, checkpoint.Backbone.Config.HiddenSize], generator: random));
        return folder;
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Json(string name, Action<JsonObject> change)
    {
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(At(name)))!;
        change(json);
        File.WriteAllText(At(name), json.ToJsonString());
    }

    /// <summary>Gives a tensor another name, or takes it away.</summary>
    public void Rename(string tensor, string? to)
    {
        using var scope = NewDisposeScope();
        List<(string, Tensor)> kept = [];
        using (var file = SafetensorsFile.Open(At("model.safetensors")))
        {
            kept.AddRange(file.Entries.Keys.Where(name => name != tensor || to is not null).Select(name => (name == tensor ? to! : name, file.Read(name))));
        }

        SafetensorsFile.Write(At("model.safetensors"), kept);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
