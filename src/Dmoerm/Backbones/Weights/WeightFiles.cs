using System.Text.Json;

namespace Dmoerm.Backbones.Weights;

/// <summary>The safetensors files of a folder seen as one list of tensors, by their names without the <c>model.</c> prefix.</summary>
internal sealed class WeightFiles : IDisposable
{
    private const string Prefix = "model.";

    private readonly string _folder;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, (SafetensorsFile File, SafetensorsEntry Entry)> _tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private WeightFiles(string folder) => _folder = folder;

    /// <summary>Names that were not asked for.</summary>
    public IEnumerable<string> Left => _tensors.Keys.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal);

    /// <summary>Opens <c>model.safetensors</c>, or the files that an index names, or else all safetensors files.</summary>
    /// <exception cref="InvalidDataException">There are none, or one is missing or broken.</exception>
    public static WeightFiles Open(string folder)
    {
        var files = new WeightFiles(folder);
        try
        {
            foreach (var path in Find(folder))
            {
                files.Add(path);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>The files, in the order in which they are read.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Whether a tensor is there.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The file that holds a tensor.</summary>
    public string FileOf(string name) => _tensors[name].File.Path;

    /// <summary>Loads a tensor of a known shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another shape, or holds a number that is not finite.</exception>
    public Tensor Take(string name, long[] shape, ScalarType dtype, Device? device)
    {
        var (file, entry) = Expect(name, shape);
        var tensor = file.Read(entry.Name, dtype, device);
        return tensor.IsFinite()
            ? tensor
            : throw new InvalidDataException($"{file.Path}: tensor '{entry.Name}' holds a number that is not finite (NaN or infinite): expected weights.");
    }

    /// <summary>Checks that a tensor is there in a known shape, and counts it as asked for; nothing of it is read.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another shape.</exception>
    public (SafetensorsFile File, SafetensorsEntry Entry) Expect(string name, long[] shape)
    {
        if (!_tensors.TryGetValue(name, out var found))
        {
            throw new InvalidDataException($"{_folder}: tensor '{name}' of shape [{string.Join(", ", shape)}] is in none of {Names(_files.Select(file => file.Path))}.");
        }

        if (!found.Entry.Shape.SequenceEqual(shape))
        {
            throw new InvalidDataException(
                $"{found.File.Path}: tensor '{found.Entry.Name}' has shape {found.Entry.ShapeText}; config.json asks for [{string.Join(", ", shape)}].");
        }

        _taken.Add(name);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    // In transformers' order: the one file of the usual name, else what an index names; else whatever is there.
    private static string[] Find(string folder)
    {
        var usual = Path.Combine(folder, "model.safetensors");
        if (File.Exists(usual))
        {
            return [usual];
        }

        var index = Directory.GetFiles(folder, "*.safetensors.index.json").Order(StringComparer.Ordinal).FirstOrDefault();
        var paths = index is not null ? ReadIndex(folder, index) : [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];
        if (paths.Length > 0)
        {
            return paths;
        }

        string[] pickles = [.. Directory.GetFiles(folder).Where(path => Path.GetExtension(path) is ".bin" or ".pt" or ".pth" or ".ckpt").Order(StringComparer.Ordinal)];
        var refused = pickles.Length > 0 ? $"; {Names(pickles)} can run code when read and is refused: convert it to safetensors" : "";
        throw new InvalidDataException($"{folder}: no weights; *.safetensors or *.safetensors.index.json was expected{refused}.");
    }

    private static string[] ReadIndex(string folder, string path)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. index.RootElement.GetProperty("weight_map").EnumerateObject()
                .Select(pair => Path.Combine(folder, Path.GetFileName(pair.Value.GetString()!))).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path}: 'weight_map' should give the file of every tensor: {error.Message}", error);
        }
    }

    private static string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(Path.GetFileName));

    private void Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var entry in file.Entries.Values)
        {
            var name = entry.Name.StartsWith(Prefix, StringComparison.Ordinal) ? entry.Name[Prefix.Length..] : entry.Name;
            if (!_tensors.TryAdd(name, (file, entry)))
            {
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' is also in {Path.GetFileName(_tensors[name].File.Path)}.");
            }
        }
    }
}
