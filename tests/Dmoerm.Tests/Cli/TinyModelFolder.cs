using Dmoerm.Tests.Artefacts;

namespace Dmoerm.Tests.Cli;

/// <summary>A folder with a tiny artefact, written once for the tests of a class.</summary>
public sealed class TinyModelFolder : IDisposable
{
    public TinyModelFolder() => Model = TinyArtefact.Write(Folder);

    public string Folder { get; } = TestFolders.Temporary();

    public string Model { get; }

    /// <summary>Writes lines to a new file of the folder.</summary>
    public string File(params string[] lines)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():n}.jsonl");
        System.IO.File.WriteAllLines(path, lines);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
