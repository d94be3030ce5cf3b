using System.Buffers.Binary;
using System.Text.Json;

namespace Dmoerm.Backbones.Weights;

/// <summary>Tensors as the bytes of a safetensors file.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Writes tensors as they are; the same tensors give the same bytes.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">Names and tensors; names must differ.</param>
    /// <param name="metadata">Texts to store beside <c>format: pt</c>, or null.</param>
    /// <exception cref="ArgumentException">A name is there twice, or a tensor has a type that is not stored.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        // Wide types first keeps every tensor aligned; the name makes the order one.
        var sorted = tensors
            .OrderByDescending(pair => SafetensorsHeader.SizeOf(pair.Tensor.dtype))
            .ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .ToArray();
        var header = BuildHeader(sorted, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in sorted)
        {
            WriteNumbers(stream, tensor);
        }
    }

    private static byte[] BuildHeader((string Name, Tensor Tensor)[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" };
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
        {
            texts[key] = value;
        }

        var (fields, offset) = (new OrderedDictionary<string, object> { ["__metadata__"] = texts }, 0L);
        foreach (var (name, tensor) in tensors)
        {
            var end = offset + tensor.numel() * SafetensorsHeader.SizeOf(tensor.dtype);
            fields.Add(name, new { dtype = SafetensorsHeader.NameOf(tensor.dtype), tensor.shape, data_offsets = (long[])[offset, end] });
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(fields);
        var padded = new byte[(json.Length + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private static void WriteNumbers(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        for (var start = 0L; start < flat.shape[0]; start += SafetensorsFile.Piece)
        {
            using var piece = flat.narrow(0, start, Math.Min(SafetensorsFile.Piece, flat.shape[0] - start));
            stream.Write(piece.bytes);
        }
    }
}
