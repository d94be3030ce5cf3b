using System.Text.Json.Nodes;
using Dmoerm.Artefacts;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Cli;

/// <summary>A copy of the committed artefact, to break.</summary>
internal sealed class ReleasedModelCopy : IDisposable
{
    public ReleasedModelCopy() => TestFolders.Copy(TestFolders.Fixture("artefacts", "schema-1"), Model);

    public string Model { get; } = TestFolders.Temporary();

    public string this[string file] => Path.Combine([Model, .. file.Split('/')]);

    /// <summary>Changes the manifest as somebody with an editor would.</summary>
    public void Edit(Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(this["dmoerm.json"]))!.AsObject();
        change(manifest);
        File.WriteAllText(this["dmoerm.json"], manifest.ToJsonString());
    }

    /// <summary>Writes one number of a tensor, and the file's new hash into the manifest: what a run that went wrong would leave.</summary>
    public void Poison(string file, string tensor, float number)
    {
        Dictionary<string, Tensor> tensors;
        using (var scope = NewDisposeScope())
        {
            using (var read = SafetensorsFile.Open(this[file]))
            {
                tensors = read.Entries.Keys.ToDictionary(name => name, name => read.Read(name));
            }

            tensors[tensor].view(-1)[0] = number;
            SafetensorsFile.Write(this[file], tensors.Select(pair => (pair.Key, pair.Value)));
        }

        var entry = FileFingerprint.Of(this[file]);
        Edit(manifest => manifest["files"]![file] = new JsonObject { ["bytes"] = entry.Bytes, ["xxh128"] = entry.Xxh128 });
    }

    public void Dispose() => Directory.Delete(Model, recursive: true);
}
