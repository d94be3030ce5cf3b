using System.Text;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>The 256 printable characters that byte-level vocabularies write bytes with.</summary>
/// <remarks>
/// Bytes that are visible characters of Latin-1 stand for themselves, the others are counted up from U+0100. Source: the
/// vocabularies themselves (every byte-level tokenizer.json holds these characters) and GPT-2's bytes-to-unicode table that they follow.
/// </remarks>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((character, value) => (character, value)).ToDictionary(pair => pair.character, pair => (byte)pair.value);

    /// <summary>The character of each byte, by the byte's value.</summary>
    public static IReadOnlyList<char> All => Characters;

    /// <summary>The character that stands for a byte.</summary>
    public static char Letter(byte value) => Characters[value];

    /// <summary>The UTF-8 bytes of a text, one character each.</summary>
    public static string Write(ReadOnlySpan<char> text)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        return string.Create(utf8.Length, utf8, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = Characters[source[i]];
            }
        });
    }

    /// <summary>Appends the bytes that a token stands for; a token with any other character stands for its own text.</summary>
    public static void Read(string token, List<byte> bytes)
    {
        if (token.All(Bytes.ContainsKey))
        {
            bytes.AddRange(token.Select(character => Bytes[character]));
        }
        else
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(token));
        }
    }

    private static char[] Build()
    {
        var next = 256;
        return [.. Enumerable.Range(0, 256).Select(value => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : (char)next++)];
    }
}
