using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>The ids that a word's bytes or characters have before anything is merged.</summary>
internal sealed class Symbols
{
    private readonly BytePairSettings _settings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly int[] _ofByte;

    public Symbols(BytePairSettings settings)
    {
        _settings = settings;
        _ids = settings.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _ofByte = [.. Enumerable.Range(0, 256).Select(value => Of(settings.Bytes ? ByteAlphabet.Letter((byte)value).ToString() : string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")))];
    }

    /// <summary>The id of a token; negative where there is none.</summary>
    public int Of(ReadOnlySpan<char> token) => _ids.TryGetValue(token, out var id) ? id : -1;

    /// <summary>Appends the ids of a word.</summary>
    public void Add(ReadOnlySpan<char> word, List<int> ids)
    {
        // With an addition a byte stands in no table.
        if (_settings.Bytes && _settings.Prefix.Length + _settings.Suffix.Length == 0 && _settings.Unknown is null)
        {
            AddBytes(word, ids);
        }
        else
        {
            AddCharacters(_settings.Bytes ? ByteAlphabet.Write(word) : word, ids);
        }
    }

    private void AddBytes(ReadOnlySpan<char> word, List<int> ids)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in word.EnumerateRunes())
        {
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                // As for characters, a byte without a token and without an unknown token is left out.
                if (_ofByte[value] >= 0)
                {
                    ids.Add(_ofByte[value]);
                }
            }
        }
    }

    private void AddCharacters(ReadOnlySpan<char> word, List<int> ids)
    {
        Span<char> token = stackalloc char[_settings.Prefix.Length + _settings.Suffix.Length + 2];
        // An unknown token waits, since the next character may fuse with it; bytes pass it, as they do in tokenizers.
        var (at, waits) = (0, false);
        foreach (var rune in word.EnumerateRunes())
        {
            var written = Write(rune, at == 0, at + rune.Utf16SequenceLength == word.Length, token);
            at += rune.Utf16SequenceLength;
            var id = Of(token[..written]);
            if (id < 0 && _settings.ByteFallback && AddFallback(token[..written], ids))
            {
                continue;
            }

            if (waits && (id >= 0 || !_settings.FuseUnknown))
            {
                ids.Add(_settings.Unknown!.Value);
                waits = false;
            }

            if (id >= 0)
            {
                ids.Add(id);
            }
            else
            {
                waits = _settings.Unknown is not null;
            }
        }

        if (waits)
        {
            ids.Add(_settings.Unknown!.Value);
        }
    }

    private int Write(Rune rune, bool first, bool last, Span<char> token)
    {
        var written = 0;
        if (!first)
        {
            _settings.Prefix.CopyTo(token);
            written = _settings.Prefix.Length;
        }

        written += rune.EncodeToUtf16(token[written..]);
        if (last)
        {
            _settings.Suffix.CopyTo(token[written..]);
            written += _settings.Suffix.Length;
        }

        return written;
    }

    private bool AddFallback(ReadOnlySpan<char> token, List<int> ids)
    {
        var start = ids.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in token.EnumerateRunes())
        {
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_ofByte[value] < 0)
                {
                    ids.RemoveRange(start, ids.Count - start);
                    return false;
                }

                ids.Add(_ofByte[value]);
            }
        }

        return true;
    }
}
