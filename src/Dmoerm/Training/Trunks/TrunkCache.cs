using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Conversations;

namespace Dmoerm.Training.Trunks;

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
    private const long HashedPiece = 1 << 26;
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
        // Planned over all rows, not over the missing ones: a batch's mates decide on the last bits of its states, and must be the same
        // whatever an interrupted fill has left.
        var batches = LengthBatches.Of(rows.DistinctBy(Key).OrderBy(row => row.Ids.Length), maxTokens).Where(batch => batch.Any(IsMissing)).ToList();
        Unmap();
        try
        {
            Append(new Trunk(backbone, layer), batches, progress, cancellation);
        }
        finally
        {
            Map();
        }
    }

    /// <summary>The states of a batch, padded on the right with zeros.</summary>
    /// <returns>[1, B, T, D] float32 in torch's own memory, so that alignment never changes a kernel.</returns>
    /// <exception cref="KeyNotFoundException">The states of a conversation are not in the cache.</exception>
    /// <exception cref="ObjectDisposedException">The cache is closed.</exception>
    public Tensor Read(IReadOnlyList<EncodedConversation> rows)
    {
        ObjectDisposedException.ThrowIf(_start is null && _index.Count > 0, this);
        var entries = rows.Select(row => _index.TryGetValue(Key(row), out var entry)
            ? entry
            : throw new KeyNotFoundException($"{_folder} holds no states of a conversation of {row.Ids.Length} tokens that was to be read; fill the cache with it first.")).ToArray();
        var tokens = rows.Max(row => row.Ids.Length);
        var hidden_1BTD = zeros(1, rows.Count, tokens, _width);
        var target = MemoryMarshal.Cast<byte, float>(hidden_1BTD.bytes);
        for (var row = 0; row < rows.Count; row++)
        {
            new ReadOnlySpan<float>(_start + entries[row].Offset, entries[row].Tokens * _width).CopyTo(target[(row * tokens * _width)..]);
        }

        return hidden_1BTD;
    }

    /// <inheritdoc/>
    public void Dispose() => Unmap();

    private bool IsMissing(EncodedConversation row) => !_index.ContainsKey(Key(row));

    private static UInt128 Key(EncodedConversation row) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(row.Ids.AsSpan()));

    private static UInt128 Fingerprint(Backbone backbone, int layer)
    {
        var hash = new XxHash128(layer);
        foreach (var (name, weight) in backbone.Weights.Named())
        {
            // Layers from the cached one on, and the final norm, do not touch the states.
            if (name.StartsWith("embed", StringComparison.Ordinal) || (name.StartsWith("layers.", StringComparison.Ordinal) && int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture) < layer))
            {
                Append(hash, weight);
            }
        }

        // What the weights' shapes do not show, but the states depend on.
        var config = backbone.Config.Lower(layer) with { Architecture = null, NumLabels = null, PadId = null };
        hash.Append(JsonSerializer.SerializeToUtf8Bytes(config));
        hash.Append(Encoding.UTF8.GetBytes(backbone.Weights.Embedding_VD.dtype.ToString()));
        return hash.GetCurrentHashAsUInt128();
    }

    // In pieces: an embedding may have more bytes than a span can.
    private static void Append(XxHash128 hash, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var flat = weight.detach().cpu().contiguous().view(-1);
        for (var start = 0L; start < flat.shape[0]; start += HashedPiece)
        {
            hash.Append(flat.narrow(0, start, Math.Min(HashedPiece, flat.shape[0] - start)).bytes);
        }
    }

    private void Append(Trunk trunk, IReadOnlyList<IReadOnlyList<EncodedConversation>> batches, Action<double>? progress, CancellationToken cancellation)
    {
        using var states = new FileStream(StatesPath, FileMode.OpenOrCreate, FileAccess.Write);
        using var index = new FileStream(IndexPath, FileMode.OpenOrCreate, FileAccess.Write);
        // What a killed process left behind them is nothing's.
        Cut(states, _index.Count == 0 ? 0 : _index.Values.Max(EndOf));
        Cut(index, (long)_index.Count * IndexEntryBytes);
        var (total, done) = (batches.Sum(TokensOf), 0L);
        foreach (var batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            Append(trunk, batch, states, index);
            done += TokensOf(batch);
            progress?.Invoke((double)done / total);
        }
    }

    private void Append(Trunk trunk, IReadOnlyList<EncodedConversation> batch, FileStream states, FileStream index)
    {
        using var scope = NewDisposeScope();
        using var noGradient = inference_mode();
        var hidden_1BTD = trunk.Run(batch).Hidden_1BTD.to(ScalarType.Float32).contiguous();
        var floats = MemoryMarshal.Cast<byte, float>(hidden_1BTD.bytes);
        var tokens = (int)hidden_1BTD.shape[2];
        var entries = batch.Select((row, place) => (Place: place, Key: Key(row), Tokens: row.Ids.Length)).Where(entry => !_index.ContainsKey(entry.Key)).ToArray();
        var bytes = new byte[entries.Length * IndexEntryBytes];
        var offset = states.Position;
        DurableFile.Reach(DurableFile.Moment.Starting, StatesPath);
        for (var number = 0; number < entries.Length; number++)
        {
            var (place, key, length) = entries[number];
            var entry = bytes.AsSpan(number * IndexEntryBytes);
            BinaryPrimitives.WriteUInt128LittleEndian(entry, key);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], states.Position);
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], length);
            states.Write(MemoryMarshal.AsBytes(floats.Slice(place * tokens * _width, length * _width)));
        }

        // First the states, then their entries, on the disk itself too.
        states.Flush(flushToDisk: true);
        DurableFile.Reach(DurableFile.Moment.Written, StatesPath);
        index.Write(bytes);
        index.Flush(flushToDisk: true);
        DurableFile.Reach(DurableFile.Moment.Written, IndexPath);
        foreach (var (_, key, length) in entries)
        {
            _index[key] = (offset, length);
            offset += (long)length * _width * sizeof(float);
        }
    }

    private static long TokensOf(IReadOnlyList<EncodedConversation> batch) => batch.Sum(row => (long)row.Ids.Length);

    private static void Cut(FileStream file, long length)
    {
        file.SetLength(length);
        file.Position = length;
    }

    private long EndOf((long Offset, int Tokens) entry) => entry.Offset + (long)entry.Tokens * _width * sizeof(float);

    // Up to the first entry that was cut off, or whose states never reached the disk.
    private void ReadIndex()
    {
        if (!File.Exists(IndexPath) || !File.Exists(StatesPath))
        {
            return;
        }

        var (bytes, stored) = (File.ReadAllBytes(IndexPath), new FileInfo(StatesPath).Length);
        for (var start = 0; start + IndexEntryBytes <= bytes.Length; start += IndexEntryBytes)
        {
            var entry = bytes.AsSpan(start);
            var place = (Offset: BinaryPrimitives.ReadInt64LittleEndian(entry[16..]), Tokens: (int)BinaryPrimitives.ReadInt64LittleEndian(entry[24..]));
            if (place.Offset < 0 || place.Tokens < 1 || EndOf(place) > stored)
            {
                break;
            }

            _index[BinaryPrimitives.ReadUInt128LittleEndian(entry)] = place;
        }

        Map();
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
