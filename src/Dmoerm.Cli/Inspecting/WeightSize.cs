using System.Globalization;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Cli.Inspecting;

/// <summary>How large weights are, told from the headers of their files.</summary>
/// <param name="Parameters">Numbers.</param>
/// <param name="Bytes">Length of the files.</param>
internal sealed record WeightSize(long Parameters, long Bytes)
{
    /// <summary>All weights of some folders.</summary>
    public static WeightSize Of(params IEnumerable<string> folders)
    {
        var files = folders.SelectMany(folder => Directory.GetFiles(folder, "*.safetensors")).Select(path => Of(path, _ => true)).ToArray();
        return new WeightSize(files.Sum(file => file.Parameters), files.Sum(file => file.Bytes));
    }

    /// <summary>Some tensors of a file; bytes are theirs, without the header, where not all are meant.</summary>
    public static WeightSize Of(string path, Func<string, bool> isMeant)
    {
        using var file = SafetensorsFile.Open(path);
        var meant = file.Entries.Values.Where(entry => isMeant(entry.Name)).ToArray();
        return new WeightSize(meant.Sum(entry => entry.Numbers), meant.Length == file.Entries.Count ? FileLength.Of(path) : meant.Sum(entry => entry.Bytes));
    }

    /// <summary>A number with its thousands apart.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A length in the unit that suits it.</summary>
    public static string Length(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} bytes",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };
}
