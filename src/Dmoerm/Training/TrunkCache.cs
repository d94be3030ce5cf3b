using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Dmoerm.Backbones;
using Dmoerm.Conversations;

namespace Dmoerm.Training;

// Dimensions: B = batch, T = tokens, D = hidden size.

/// <summary>States of a frozen trunk on disk, one entry per conversation, memory-mapped.</summary>
/// <remarks>
/// The folder's name is a hash of the weights that made the states, an entry's key a hash of its token ids: a cache never gives
/// states of other weights or texts. Entries are appended and entered in the index once they are whole, so a cache that was
/// cut off goes on where it stopped.
/// </remarks>
public sealed unsafe class TrunkCache : IDisposable
{
    private const int IndexEntryBytes = 32;
    private readonly string _folder;
    private readonly int _width;
    private readonly Dictionary<UInt128, (long Offset, int Tokens)> _index = [];
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private byte* _start;

    private TrunkCache(string folder, int width)
    {
        _folder = folder;
        _width = width;
    }

    private string StatesPath => Path.Combine(_folder, "states.bin");

    private string IndexPath => Path.Combine(_folder, "index.bin");

    /// <summary>Opens, or starts, the cache of a backbone's states at one layer.</summary>
    /// <param name="root">The folder of all caches.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="layer">The states are those that enter this layer.</param>
    public static TrunkCache Open(string root, Backbone backbone, int layer)
    {
        var folder = Path.Combine(root, $"{Fingerprint(backbone, layer):x32}");
        Directory.CreateDirectory(folder);
        var cache = new TrunkCache(folder, backbone.Config.HiddenSize);
        cache.ReadIndex();
        return cache;
    }

    /// <summary>Bytes that the states of some conversations take.</summary>
    public static long Bytes(IEnumerable<EncodedConversation> rows, int hiddenSize) => rows.Sum(row => (long)row.Ids.Length * hiddenSize * sizeof(float));

    /// <summary>Computes and stores what is missing.</summary>
    /// <param name="backbone">The backbone that the cache was opened for.</param>
    /// <param name="layer">Its layer.</param>
    /// <param name="rows">The conversations that will be read.</param>
    /// <param name="maxTokens">Tokens in one batch, padding included.</param>
    /// <param name="progress">Told the share in [0, 1] that is done.</param>
    /// <param name="cancellation">Checked between batches; what was stored stays.</param>
    public void Fill(Backbone backbone, int layer, IEnumerable<EncodedConversation> rows, int maxTokens, Action<double>? progress, CancellationToken cancellation)
    {
        var missing = rows.DistinctBy(Key).Where(row => !_index.ContainsKey(Key(row))).OrderBy(row => row.Ids.Length).ToList();
        var (total, done) = (Math.Max(1, missing.Sum(row => (long)row.Ids.Length)), 0L);
        Unmap();
        using (var states = new FileStream(StatesPath, FileMode.OpenOrCreate, FileAccess.Write))
        using (var index = new FileStream(IndexPath, FileMode.OpenOrCreate, FileAccess.Write))
        {
            states.Position = _index.Count == 0 ? 0 : _index.Values.Max(entry => entry.Offset + (long)entry.Tokens * _width * sizeof(float));
            index.Position = (long)_index.Count * IndexEntryBytes;
            foreach (var batch in LengthBatches.Of(missing, maxTokens))
            {
                cancellation.ThrowIfCancellationRequested();
                Append(new Trunk(backbone, layer), batch, states, index);
                done += batch.Sum(row => (long)row.Ids.Length);
                progress?.Invoke((double)done / total);
            }
        }

        Map();
    }

    /// <summary>The states of a batch, padded on the right with zeros.</summary>
    /// <returns>[1, B, T, D] float32 in torch's own memory, so that alignment never changes a kernel.</returns>
    public Tensor Read(IReadOnlyList<EncodedConversation> rows)
    {
        var tokens = rows.Max(row => row.Ids.Length);
        var hidden_1BTD = zeros(1, rows.Count, tokens, _width);
        var target = MemoryMarshal.Cast<byte, float>(hidden_1BTD.bytes);
        for (var row = 0; row < rows.Count; row++)
        {
            var entry = _index[Key(rows[row])];
            new ReadOnlySpan<float>(_start + entry.Offset, entry.Tokens * _width).CopyTo(target[(row * tokens * _width)..]);
        }

        return hidden_1BTD;
    }

    /// <inheritdoc/>
    public void Dispose() => Unmap();

    private static UInt128 Key(EncodedConversation row) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(row.Ids.AsSpan()));

    private static UInt128 Fingerprint(Backbone backbone, int layer)
    {
        var hash = new XxHash128(layer);
        foreach (var (name, weight) in backbone.Weights.Named())
        {
            // Layers from the cached one on, and the final norm, do not touch the states.
            if (name.StartsWith("embed", StringComparison.Ordinal) || (name.StartsWith("layers.", StringComparison.Ordinal) && int.Parse(name.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture) < layer))
            {
                using var plain = weight.detach().cpu().contiguous();
                hash.Append(plain.bytes);
            }
        }

        hash.Append(MemoryMarshal.AsBytes<double>([backbone.Config.NormEpsilon, backbone.Config.RotaryBase, backbone.Config.NumHeads]));
        return hash.GetCurrentHashAsUInt128();
    }

    private void Append(Trunk trunk, IReadOnlyList<EncodedConversation> batch, FileStream states, FileStream index)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var hidden_1BTD = trunk.Run(batch).Hidden_1BTD.to(ScalarType.Float32).contiguous();
        var floats = MemoryMarshal.Cast<byte, float>(hidden_1BTD.bytes);
        var tokens = (int)hidden_1BTD.shape[2];
        var entries = new byte[batch.Count * IndexEntryBytes];
        for (var row = 0; row < batch.Count; row++)
        {
            var (key, offset, length) = (Key(batch[row]), states.Position, batch[row].Ids.Length);
            states.Write(MemoryMarshal.AsBytes(floats.Slice(row * tokens * _width, length * _width)));
            var entry = entries.AsSpan(row * IndexEntryBytes);
            BinaryPrimitives.WriteUInt128LittleEndian(entry, key);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], length);
            _index[key] = (offset, length);
        }

        states.Flush(flushToDisk: false);
        index.Write(entries);
        index.Flush();
    }

    private void ReadIndex()
    {
        if (File.Exists(IndexPath))
        {
            var bytes = File.ReadAllBytes(IndexPath);
            for (var start = 0; start + IndexEntryBytes <= bytes.Length; start += IndexEntryBytes)
            {
                var entry = bytes.AsSpan(start);
                _index[BinaryPrimitives.ReadUInt128LittleEndian(entry)] = (BinaryPrimitives.ReadInt64LittleEndian(entry[16..]), (int)BinaryPrimitives.ReadInt64LittleEndian(entry[24..]));
            }

            Map();
        }
    }

    private void Map()
    {
        if (_index.Count > 0)
        {
            _file = MemoryMappedFile.CreateFromFile(StatesPath, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
    }

    private void Unmap()
    {
        if (_view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
            (_view, _file) = (null, null);
            _start = null;
        }
    }
}
