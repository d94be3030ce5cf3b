namespace Dmoerm.Conversations.Templates.Values;

/// <summary>A map that keeps the order in which keys came. Templates cannot change it.</summary>
internal sealed class DictValue
{
    // Below this many keys going through them is faster than hashing.
    private const int Few = 8;
    private readonly Dictionary<object, int>? _places;

    /// <summary>Makes a map.</summary>
    /// <param name="pairs">Keys and values; of equal keys the first key and the last value stay.</param>
    public DictValue(IReadOnlyCollection<KeyValuePair<object, object?>> pairs)
    {
        var kept = new List<KeyValuePair<object, object?>>(pairs.Count);
        _places = pairs.Count > Few ? new(pairs.Count, KeyComparer.Python) : null;
        foreach (var pair in pairs)
        {
            var place = _places is null ? kept.FindIndex(other => KeyComparer.Python.Equals(other.Key, pair.Key))
                : _places.TryGetValue(pair.Key, out var known) ? known : -1;
            if (place >= 0)
            {
                kept[place] = new(kept[place].Key, pair.Value);
                continue;
            }

            _places?.Add(pair.Key, kept.Count);
            kept.Add(pair);
        }

        Pairs = [.. kept];
    }

    /// <summary>Keys and values in order. <see cref="KeyComparer.None"/> stands for the key none.</summary>
    public KeyValuePair<object, object?>[] Pairs { get; }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">A key that can be one, see <see cref="KeyComparer.Hashable"/>.</param>
    /// <param name="value">Its value.</param>
    public bool TryGet(object key, out object? value)
    {
        var place = _places is null ? PlaceOf(key) : _places.TryGetValue(key, out var known) ? known : -1;
        value = place < 0 ? null : Pairs[place].Value;
        return place >= 0;
    }

    private int PlaceOf(object key)
    {
        for (var place = 0; place < Pairs.Length; place++)
        {
            if (KeyComparer.Python.Equals(Pairs[place].Key, key))
            {
                return place;
            }
        }

        return -1;
    }
}

/// <summary>A map's keys, values or pairs.</summary>
/// <param name="Of">The map.</param>
/// <param name="Part">Which.</param>
internal sealed record DictView(DictValue Of, DictPart Part)
{
    /// <summary>What Python calls it.</summary>
    public string TypeName => Part switch { DictPart.Keys => "dict_keys", DictPart.Values => "dict_values", _ => "dict_items" };

    /// <summary>It counts as a set, which values do not.</summary>
    public bool IsSet => Part != DictPart.Values;

    /// <summary>The elements.</summary>
    public IEnumerable<object?> Items() => Part switch
    {
        DictPart.Keys => Of.Pairs.Select(pair => KeyComparer.Value(pair.Key)),
        DictPart.Values => Of.Pairs.Select(pair => pair.Value),
        _ => Of.Pairs.Select(pair => (object?)new TupleValue([KeyComparer.Value(pair.Key), pair.Value])),
    };
}

/// <summary>What a view of a map shows.</summary>
internal enum DictPart
{
    /// <summary>The keys.</summary>
    Keys,

    /// <summary>The values.</summary>
    Values,

    /// <summary>Pairs of both.</summary>
    Items,
}
