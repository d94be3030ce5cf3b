using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Splits;

/// <summary>The units of rows that stream by, known by hashes and sketches, and dealt out to parts as <see cref="Partition"/> deals them.</summary>
/// <param name="groupBy"><c>prompt</c>, <c>responses</c> or the name of a text field.</param>
internal sealed class UnitRegister(string groupBy)
{
    private readonly Dictionary<UInt128, int> _index = [];
    private readonly List<uint[]> _sketches = [];
    private readonly List<string> _fields = [];
    private int[] _partOf = [];

    /// <summary>Units of each part, once dealt.</summary>
    public IReadOnlyList<int> Counts { get; private set; } = [];

    /// <summary>Notes the units of a row.</summary>
    /// <exception cref="InvalidDataException">The row lacks the field.</exception>
    public void Add(PreferenceExample example)
    {
        foreach (var text in Keys(example))
        {
            if (!_index.TryAdd(UnitKeys.Hash(text), _index.Count))
            {
                continue;
            }

            if (UnitKeys.IsField(groupBy))
            {
                _fields.Add(text);
            }
            else
            {
                _sketches.Add(TextSketch.Of(text));
            }
        }
    }

    /// <summary>All rows were noted: near-duplicates join, and units get their parts.</summary>
    /// <exception cref="InvalidDataException">Fewer units than parts.</exception>
    public void Deal(IReadOnlyList<double> shares, long seed)
    {
        var group = UnitKeys.IsField(groupBy) ? [.. Enumerable.Range(0, _fields.Count)] : NearGroups.Of(_sketches);
        var keys = Keys(group);
        int[] units = [.. Enumerable.Range(0, group.Length).Where(text => group[text] == text)];
        if (units.Length < shares.Count)
        {
            throw Partition.TooFew(groupBy, units.Length, $"{shares.Count} parts need at least one each");
        }

        ulong[] draws = [.. units.Select(unit => Partition.Draw(keys[unit], seed))];
        Array.Sort([.. draws.Zip(units, (draw, unit) => (draw, keys[unit]))], units, Comparer<(ulong Draw, string Key)>.Create((first, second) =>
            first.Draw != second.Draw ? first.Draw.CompareTo(second.Draw) : string.CompareOrdinal(first.Key, second.Key)));
        Counts = Partition.Apportion(units.Length, shares);
        _partOf = new int[group.Length];
        foreach (var (unit, part) in units.Zip(Counts.SelectMany((count, part) => Enumerable.Repeat(part, count))))
        {
            _partOf[unit] = part;
        }

        for (var text = 0; text < group.Length; text++)
        {
            _partOf[text] = _partOf[group[text]];
        }
    }

    /// <summary>The part of each response of a row.</summary>
    /// <exception cref="InvalidDataException">The row was not there when units were noted.</exception>
    public int[] PartsOf(PreferenceExample example) => [.. Keys(example).Select(text => _index.TryGetValue(UnitKeys.Hash(text), out var unit)
        ? _partOf[unit]
        : throw new InvalidDataException($"{example.Origin}: expected the rows of the first reading, came another one: the file changes while it is read."))];

    private IReadOnlyList<string> Keys(PreferenceExample example) =>
        UnitKeys.IsField(groupBy) ? UnitKeys.Of(example, groupBy) : UnitKeys.Texts(example, groupBy);

    // A group's key is the smallest of its members', as everywhere; only the roots' keys are made.
    private string[] Keys(int[] group)
    {
        if (UnitKeys.IsField(groupBy))
        {
            return [.. _fields];
        }

        var least = new UInt128?[group.Length];
        foreach (var (hash, text) in _index)
        {
            var root = group[text];
            least[root] = least[root] is { } known && known <= hash ? known : hash;
        }

        return [.. least.Select(hash => hash is { } known ? UnitKeys.Key(known) : "")];
    }
}
