using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>The model <c>BPE</c>: merges the bytes or characters of a word into tokens.</summary>
/// <remarks>Safe for use by many threads. Microsoft.ML.Tokenizers is not used, since it gives other ids for some families: see docs/log.md.</remarks>
internal sealed class BytePairs : TokenModel
{
    // Words repeat; these bounds keep what is remembered at some ten megabytes.
    private const int MaxRemembered = 65_536, LongestRemembered = 48, LargestKept = 1 << 16;
    private const char Blank = '\u2581';
    private readonly BytePairSettings _settings;
    private readonly Symbols _symbols;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ConcurrentBag<Merging> _idle = [];
    private readonly bool _partsAtBlanks;
    private int _count;

    public BytePairs(BytePairSettings settings)
    {
        _settings = settings;
        _symbols = new Symbols(settings);
        _lookup = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        // A character that vanishes would let what stands around it merge.
        _partsAtBlanks = !settings.Bytes && !settings.IgnoreMerges && settings.Prefix.Length + settings.Suffix.Length == 0 && settings.Unknown is not null
            && settings.Vocabulary.ContainsKey(Blank.ToString()) && !settings.Vocabulary.Keys.Any(HoldsBlankBehindOther);
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        // Where no token holds a blank behind another sign, nothing ever merges across that place.
        for (var end = 0; !word.IsEmpty; word = word[end..])
        {
            end = _partsAtBlanks ? FirstPart(word) : word.Length;
            EncodePart(word[..end], ids);
        }
    }

    private void EncodePart(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length <= LongestRemembered && _lookup.TryGetValue(word, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var start = ids.Count;
        if (_settings.IgnoreMerges && _symbols.Of(_settings.Bytes ? ByteAlphabet.Write(word) : word) is var whole and >= 0)
        {
            ids.Add(whole);
        }
        else
        {
            Merge(word, ids);
        }

        if (word.Length <= LongestRemembered && _count < MaxRemembered && _lookup.TryAdd(word, CollectionsMarshal.AsSpan(ids)[start..].ToArray()))
        {
            Interlocked.Increment(ref _count);
        }
    }

    private void Merge(ReadOnlySpan<char> word, List<int> ids)
    {
        var start = ids.Count;
        _symbols.Add(word, ids);
        var merging = _idle.TryTake(out var idle) ? idle : new Merging(_settings.Merges);
        merging.Run(ids, start);
        if (merging.Capacity <= LargestKept)
        {
            _idle.Add(merging);
        }
    }

    private static int FirstPart(ReadOnlySpan<char> word)
    {
        var blanks = word.IndexOfAnyExcept(Blank);
        var next = blanks < 0 ? -1 : word[blanks..].IndexOf(Blank);
        return next < 0 ? word.Length : blanks + next;
    }

    private static bool HoldsBlankBehindOther(string token) =>
        token.AsSpan().IndexOfAnyExcept(Blank) is var other and >= 0 && token.AsSpan(other).Contains(Blank);
}
