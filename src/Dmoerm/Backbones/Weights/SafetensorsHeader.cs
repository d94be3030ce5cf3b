using System.Text.Json;

namespace Dmoerm.Backbones.Weights;

/// <summary>The table of contents of a safetensors file, checked against the file's size before anything is read by it.</summary>
/// <param name="Entries">The tensors in the order of their bytes.</param>
/// <param name="Metadata">The texts under <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Longest header that is read, in bytes: the limit of the safetensors format.</summary>
    public const long MaxBytes = 100_000_000;

    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
    };

    /// <summary>The format's name of a type.</summary>
    /// <exception cref="ArgumentException">The type is not one that this version stores.</exception>
    public static string NameOf(ScalarType type) => Types.FirstOrDefault(pair => pair.Value == type).Key
        ?? throw new ArgumentException($"Tensors of type {type} are not stored; expected one of {string.Join(", ", Types.Values)}.", nameof(type));

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 => 4,
        _ => 2,
    };

    /// <summary>Reads a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">Bytes of the file behind the header.</param>
    /// <param name="path">The file, for error messages.</param>
    /// <exception cref="InvalidDataException">The header is broken or does not describe exactly the bytes that are there.</exception>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long dataBytes, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var (entries, metadata) = (new List<SafetensorsEntry>(), new Dictionary<string, string>());
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                {
                    metadata = property.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
                }
                else
                {
                    entries.Add(ReadEntry(property.Name, property.Value, path));
                }
            }

            entries.Sort((a, b) => (a.Offset, a.Bytes).CompareTo((b.Offset, b.Bytes)));
            CheckOffsets(entries, dataBytes, path);
            return new SafetensorsHeader(entries, metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: the header is not what a safetensors file has: {error.Message}", error);
        }
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement value, string path)
    {
        var typeName = value.GetProperty("dtype").GetString() ?? "null";
        if (!Types.TryGetValue(typeName, out var type))
        {
            throw new InvalidDataException($"{path}: tensor '{name}' is stored as {typeName}; this version reads {string.Join(", ", Types.Keys)}.");
        }

        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets.Length != 2 || shape.Any(size => size < 0) || offsets[0] < 0 || offsets[1] < offsets[0])
        {
            throw new InvalidDataException(
                $"{path}: tensor '{name}' should have two offsets, neither negative nor falling, and no negative size, but has data_offsets [{string.Join(", ", offsets)}] and shape [{string.Join(", ", shape)}].");
        }

        var entry = new SafetensorsEntry(name, type, shape, offsets[0], offsets[1] - offsets[0]);
        var expected = shape.Aggregate((Int128)SizeOf(type), (product, size) => product > long.MaxValue ? product : product * size);
        return expected == entry.Bytes
            ? entry
            : throw new InvalidDataException($"{path}: tensor '{name}' of shape {entry.ShapeText} as {typeName} needs {expected} bytes, but its offsets span {entry.Bytes}.");
    }

    // The tensors must fill the file without hole or overlap, so that no byte has two meanings or none.
    private static void CheckOffsets(List<SafetensorsEntry> entries, long dataBytes, string path)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Offset != end)
            {
                var problem = entry.Offset < end ? "overlaps the one before it" : "leaves a hole before it";
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' begins at byte {entry.Offset} and {problem}, which ends at {end}.");
            }

            end += entry.Bytes;
        }

        if (end != dataBytes)
        {
            throw new InvalidDataException($"{path}: the header describes {end} bytes of tensors, but the file has {dataBytes}: it was cut or changed.");
        }

        if (entries.GroupBy(entry => entry.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"{path}: tensor '{twice.Key}' is there twice.");
        }
    }
}
