namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>Merges neighbouring symbols, the best rank first, then from the left.</summary>
/// <remarks>A queue over a linked list: a word of a million characters takes a second, not days. Source of the order: tokenizers' models/bpe/word.rs.</remarks>
internal sealed class Merging(Dictionary<long, (int Rank, int Id)> merges)
{
    private const int None = -1;

    // The priority holds the rank above the place.
    private readonly PriorityQueue<int, long> _queue = new();
    private int[] _ids = new int[64];
    private int[] _previous = new int[64];
    private int[] _next = new int[64];

    /// <summary>Room for so many symbols is held.</summary>
    public int Capacity => _ids.Length;

    /// <summary>Merges the ids from a place of the list to its end.</summary>
    public void Run(List<int> ids, int start)
    {
        var count = ids.Count - start;
        if (count < 2)
        {
            return;
        }

        Fill(ids, start, count);
        while (_queue.TryDequeue(out var merged, out var key))
        {
            var (place, right) = ((int)key, _next[(int)key]);
            // An entry is out of date where its symbols are gone or have become others.
            if (_ids[place] != None && right != None && merges.TryGetValue(BytePairSettings.Pair(_ids[place], _ids[right]), out var merge) && merge.Id == merged)
            {
                Join(place, right, merged);
            }
        }

        ids.RemoveRange(start, count);
        for (var place = 0; place != None; place = _next[place])
        {
            ids.Add(_ids[place]);
        }
    }

    private void Fill(List<int> ids, int start, int count)
    {
        if (count > _ids.Length)
        {
            var room = Math.Max(count, 2 * _ids.Length);
            (_ids, _previous, _next) = (new int[room], new int[room], new int[room]);
        }

        _queue.Clear();
        for (var place = 0; place < count; place++)
        {
            (_ids[place], _previous[place], _next[place]) = (ids[start + place], place - 1, place + 1 < count ? place + 1 : None);
        }

        for (var place = 0; place + 1 < count; place++)
        {
            Offer(place, place + 1);
        }
    }

    private void Join(int place, int right, int merged)
    {
        (_ids[place], _ids[right]) = (merged, None);
        _next[place] = _next[right];
        if (_next[place] != None)
        {
            _previous[_next[place]] = place;
            Offer(place, _next[place]);
        }

        if (_previous[place] != None)
        {
            Offer(_previous[place], place);
        }
    }

    private void Offer(int left, int right)
    {
        if (merges.TryGetValue(BytePairSettings.Pair(_ids[left], _ids[right]), out var merge))
        {
            _queue.Enqueue(merge.Id, ((long)merge.Rank << 32) | (uint)left);
        }
    }
}
