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

    /// <summary>The files, in the order in which they are read.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Names that were not asked for.</summary>
    public IEnumerable<string> Left => _tensors.Keys.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal);

    /// <summary>Opens <c>model.safetensors</c>, or the files that an index names, or else all safetensors files.</summary>
    /// <exception cref="InvalidDataException">There are none, or one is missing or broken.</exception>
    public static WeightFiles Open(string folder)
    {
        var files = new WeightFiles(folder);
        try
        {
            foreach (var path in WeightIndex.FilesOf(folder))
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

    /// <summary>Whether a tensor is there.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The file that holds a tensor.</summary>
    public string FileOf(string name) => _tensors[name].File.Path;

    /// <summary>The shape that a tensor has.</summary>
    public IReadOnlyList<long> ShapeOf(string name) => _tensors[name].Entry.Shape;

    /// <summary>Loads a tensor of a known shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another shape, of whole numbers, or holds a number that is not finite.</exception>
    public Tensor Take(WeightPlace place, ScalarType dtype, Device? device)
    {
        var (file, entry) = Expect(place);
        var tensor = file.ReadRows(entry.Name, place.FirstRow, place.Rows, dtype, device);
        return tensor.IsFinite()
            ? tensor
            : throw new InvalidDataException($"{file.Path}: tensor '{entry.Name}' holds a number that is not finite (NaN or infinite): expected weights.");
    }

    /// <summary>Checks that a tensor is there in a known shape, and counts it as asked for; nothing of it is read.</summary>
    /// <exception cref="InvalidDataException">It is missing, of another shape, or of whole numbers.</exception>
    public (SafetensorsFile File, SafetensorsEntry Entry) Expect(WeightPlace place)
    {
        if (!_tensors.TryGetValue(place.Name, out var found))
        {
            throw new InvalidDataException($"{_folder}: tensor '{place.Name}' of shape [{string.Join(", ", place.Shape)}] is in none of {Names(_files.Select(file => file.Path))}.");
        }

        if (!found.Entry.Shape.SequenceEqual(place.Shape))
        {
            throw new InvalidDataException(
                $"{found.File.Path}: tensor '{found.Entry.Name}' has shape {found.Entry.ShapeText}; config.json asks for [{string.Join(", ", place.Shape)}].");
        }

        if (!found.Entry.HoldsWeights)
        {
            throw new InvalidDataException($"{found.File.Path}: tensor '{found.Entry.Name}' is stored as {found.Entry.Type}; weights are numbers with a fraction.");
        }

        _taken.Add(place.Name);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    internal static string Names(IEnumerable<string> paths) => string.Join(", ", paths.Select(Path.GetFileName));

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
