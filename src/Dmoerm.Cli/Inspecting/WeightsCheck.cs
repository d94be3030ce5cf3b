using Dmoerm.Artefacts;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Cli.Inspecting;

/// <summary>A check of weights that no hashes are known of: each file must open, and with <c>--verify</c> each number must be finite.</summary>
internal static class WeightsCheck
{
    /// <summary>Checks the safetensors files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="full">Also read every number.</param>
    /// <param name="looked">Told each tensor before it is read.</param>
    public static Verification Of(string folder, bool full, Action<string> looked)
    {
        string[] files = [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];
        return new Verification(full, files.Length, [.. files.Select(path => Fault(path, full, looked)).OfType<FileFault>()]);
    }

    private static FileFault? Fault(string path, bool full, Action<string> looked)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var entry in full ? file.Entries.Values : [])
            {
                using var scope = NewDisposeScope();
                looked(entry.Name);
                file.Take(entry.Name, [.. entry.Shape]);
            }

            return null;
        }
        catch (InvalidDataException error)
        {
            return new FileFault(Path.GetFileName(path), "unreadable", error.Message);
        }
    }
}
