using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Dmoerm.Backbones.Weights;

/// <summary>A file of named tensors, read through a memory map so that only what is asked for is loaded.</summary>
/// <remarks>Source of the layout: the files themselves and the traps listed with the reference models (padding, <c>__metadata__</c>).</remarks>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Numbers copied at a time: a span holds at most 2 GB.</summary>
    internal const long Piece = 1 << 27;

    private readonly MemoryMappedFile _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(string path, MemoryMappedFile file, SafetensorsHeader header, long dataStart)
    {
        Path = path;
        _file = file;
        _dataStart = dataStart;
        Metadata = header.Metadata;
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The texts that stand beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header; the tensors stay on disk.</summary>
    /// <exception cref="InvalidDataException">The file is missing, cut or broken, or stores a type that this version does not read.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path}: no such file; a safetensors file was expected there.");
        }

        var (header, dataStart) = ReadHeader(path);
        return new SafetensorsFile(path, MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read), header, dataStart);
    }

    /// <summary>Loads a tensor.</summary>
    /// <param name="name">One of <see cref="Entries"/>.</param>
    /// <param name="dtype">The type to convert to; null keeps the stored one.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <returns>The tensor, in the file's shape; the caller's dispose scope owns it.</returns>
    /// <exception cref="InvalidDataException">There is no such tensor.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null)
    {
        var entry = EntryOf(name);
        return Load(entry, [.. entry.Shape], 0, dtype, device);
    }

    /// <summary>Loads rows of a tensor; the others stay on disk.</summary>
    /// <param name="name">One of <see cref="Entries"/>, with at least one dimension.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="dtype">The type to convert to; null keeps the stored one.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <returns>[count, ...]; the caller's dispose scope owns it.</returns>
    /// <exception cref="InvalidDataException">There is no such tensor, or it has no such rows.</exception>
    public Tensor ReadRows(string name, long first, long count, ScalarType? dtype = null, Device? device = null)
    {
        var entry = EntryOf(name);
        if (entry.Shape.Count == 0 || first < 0 || count < 0 || count > entry.Shape[0] - first)
        {
            throw new InvalidDataException($"{Path}: tensor '{name}' has shape {entry.ShapeText}; rows {first} to {first + count} were expected in it.");
        }

        var width = entry.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        return Load(entry, [count, .. entry.Shape.Skip(1)], first * width * SafetensorsHeader.SizeOf(entry.Type), dtype, device);
    }

    /// <summary>Reads a tensor of weights that must be there in a given shape.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="dtype">The type to convert to.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">It is missing, has another shape, is stored as whole numbers, or holds a number that is not finite.</exception>
    public Tensor Take(string name, long[] shape, ScalarType dtype = ScalarType.Float32)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new InvalidDataException($"{Path}: tensor {name} is missing.");
        }

        if (!entry.Shape.SequenceEqual(shape))
        {
            throw new InvalidDataException($"{Path}: tensor {name} has shape {entry.ShapeText}, expected [{string.Join(", ", shape)}].");
        }

        if (!entry.HoldsWeights)
        {
            throw new InvalidDataException($"{Path}: tensor {name} is stored as {entry.Type}, expected numbers with a fraction.");
        }

        var tensor = Read(name, dtype);
        return tensor.IsFinite()
            ? tensor
            : throw new InvalidDataException($"{Path}: tensor {name} holds a number that is not finite (NaN or infinite): expected weights.");
    }

    /// <summary>Writes tensors as they are, whole or not at all; the same tensors give the same bytes.</summary>
    /// <param name="path">The file to write or replace.</param>
    /// <param name="tensors">Names and tensors; names must differ.</param>
    /// <param name="metadata">Texts to store beside <c>format: pt</c>, or null.</param>
    /// <exception cref="ArgumentException">A name is there twice, or a tensor has a type that is not stored.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        DurableFile.Write(path, stream => SafetensorsBytes.Write(stream, tensors, metadata));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (SafetensorsHeader Header, long DataStart) ReadHeader(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
        {
            throw new InvalidDataException($"{path}: {stream.Length} bytes are too few for a safetensors file.");
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (size > SafetensorsHeader.MaxBytes || (long)size > stream.Length - 8)
        {
            throw new InvalidDataException(
                $"{path}: the header claims {size} bytes, but the file has {stream.Length - 8} left and a header at most {SafetensorsHeader.MaxBytes}.");
        }

        var json = new byte[size];
        stream.ReadExactly(json);
        return (SafetensorsHeader.Parse(json, stream.Length - 8 - (long)size, path), 8 + (long)size);
    }

    private SafetensorsEntry EntryOf(string name) =>
        _entries.GetValueOrDefault(name) ?? throw new InvalidDataException($"{Path}: there is no tensor '{name}'.");

    // A part of an entry, in the shape that it has then.
    private Tensor Load(SafetensorsEntry entry, long[] shape, long skippedBytes, ScalarType? dtype, Device? device)
    {
        using var scope = NewDisposeScope();
        var flat = empty(shape.Aggregate(1L, (product, size) => product * size), entry.Type);
        Fill(flat, entry.Offset + skippedBytes);
        var tensor = flat.view(shape).to(dtype ?? entry.Type);
        return (device is null ? tensor : tensor.to(device)).MoveToOuterDisposeScope();
    }

    private void Fill(Tensor flat, long offset)
    {
        if (flat.numel() == 0)
        {
            return;
        }

        using var view = _file.CreateViewStream(_dataStart + offset, flat.numel() * SafetensorsHeader.SizeOf(flat.dtype), MemoryMappedFileAccess.Read);
        for (var start = 0L; start < flat.shape[0]; start += Piece)
        {
            using var piece = flat.narrow(0, start, Math.Min(Piece, flat.shape[0] - start));
            view.ReadExactly(piece.bytes);
        }
    }
}
