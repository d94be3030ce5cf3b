using System.Globalization;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>What characters are made of: the data of Unicode 9 that normalisation needs.</summary>
/// <remarks>
/// Kept here since the runtime leaves texts as they are, without a word, where it runs without ICU, and since ICU's version differs from machine to machine while a
/// model's ids must not. Source: <c>decompositions.txt</c>, written by <c>make-tables.pl</c>. Its lines: a character or a range, a sign, then its parts
/// (<c>=</c> canonical, <c>!</c> canonical and never put together again, <c>~</c> of compatibility; a range counts on) or its class (<c>*</c>).
/// </remarks>
internal sealed class Decompositions
{
    private static readonly Lazy<Decompositions> Loaded = new(() => new Decompositions());
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<long, int> _pairs = [];
    private readonly Dictionary<int, byte> _classes = [];

    private Decompositions()
    {
        foreach (var line in UnicodeTable.Lines("decompositions.txt"))
        {
            var sign = line.AsSpan().IndexOfAny("=!~*");
            var (first, last) = UnicodeTable.Range(line.AsSpan(0, sign));
            for (var character = first; character <= last; character++)
            {
                Add(character, line[sign], line[(sign + 1)..], character - first);
            }
        }

        foreach (var (character, parts) in _canonical)
        {
            _compatible.TryAdd(character, parts);
        }
    }

    /// <summary>The table, read on first use.</summary>
    public static Decompositions Table => Loaded.Value;

    /// <summary>The characters that may come second in a pair, or take a place by their class.</summary>
    public IEnumerable<int> Joining => _pairs.Keys.Select(pair => (int)pair).Concat(_classes.Keys);

    /// <summary>The characters that consist of others.</summary>
    /// <param name="compatible">With those that do so for compatibility.</param>
    public IEnumerable<int> Composite(bool compatible) => (compatible ? _compatible : _canonical).Keys;

    /// <summary>Whether the character is what its own canonical parts are put together to.</summary>
    public bool IsPutTogether(int character) => _canonical.TryGetValue(character, out var parts) && parts.Length == 2 && Pair(parts[0], parts[1]) == character;

    /// <summary>The next smaller parts; null where there are none.</summary>
    public int[]? Parts(int character, bool compatible) => (compatible ? _compatible : _canonical).GetValueOrDefault(character);

    /// <summary>The character of a pair; negative where they stay two.</summary>
    public int Pair(int first, int second) => _pairs.TryGetValue(((long)first << 32) | (uint)second, out var composite) ? composite : -1;

    /// <summary>The combining class; 0 for characters that others join.</summary>
    public byte Class(int character) => _classes.GetValueOrDefault(character);

    private void Add(int character, char sign, string text, int step)
    {
        if (sign == '*')
        {
            _classes[character] = byte.Parse(text, CultureInfo.InvariantCulture);
            return;
        }

        int[] parts = [.. text.Split(' ').Select(part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture) + step)];
        (sign == '~' ? _compatible : _canonical)[character] = parts;
        if (sign == '=' && parts.Length == 2)
        {
            _pairs[((long)parts[0] << 32) | (uint)parts[1]] = character;
        }
    }
}
