using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Tokenizers.Patterns;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>One step from tokens to text.</summary>
internal delegate IReadOnlyList<string> DecoderStep(IReadOnlyList<string> tokens);

/// <summary>Tokens to text: the <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
/// <remarks>Source of what each step does: tokenizers' decoders folder; compared with its results in the tests.</remarks>
internal static class TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the field.</summary>
    /// <param name="field">The field; null where the file has none, then tokens stand side by side with a blank between.</param>
    /// <exception cref="InvalidDataException">A part is not known.</exception>
    public static DecoderStep Read(TokenizerField? field)
    {
        switch (field?.Type())
        {
            case null:
                return tokens => [string.Join(' ', tokens)];
            case "Sequence":
                field.OnlyFields("type", "decoders");
                DecoderStep[] steps = [.. field.Need("decoders").Items().Select(Read)];
                return tokens => steps.Aggregate(tokens, (left, step) => step(left));
            case "ByteLevel":
                field.OnlyFields("type", "add_prefix_space", "trim_offsets", "use_regex");
                return ByteLevel;
            case "ByteFallback":
                field.OnlyFields("type");
                return ByteFallback;
            case "Fuse":
                field.OnlyFields("type");
                return tokens => [string.Concat(tokens)];
            case "Replace":
                field.OnlyFields("type", "pattern", "content");
                var (pattern, content) = (TextPattern.Read(field.Need("pattern")), field.Need("content").Text());
                return tokens => [.. tokens.Select(token => pattern.Replace(token, content))];
            case "Strip":
                field.OnlyFields("type", "content", "start", "stop");
                var (sign, start, stop) = (Sign(field.Need("content")), field.Need("start").Count(0), field.Need("stop").Count(0));
                return tokens => [.. tokens.Select(token => Strip(token, sign, start, stop))];
            case "Metaspace":
                return ReadMetaspace(field);
            case "BPEDecoder":
                field.OnlyFields("type", "suffix");
                return BytePairs(field.Need("suffix"));
            case var other:
                throw field!.Error($"the type '{other}' is not supported; this version has BPEDecoder, ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence and Strip");
        }
    }

    private static string[] ByteLevel(IReadOnlyList<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            ByteAlphabet.Read(token, bytes);
        }

        return [Encoding.UTF8.GetString([.. bytes])];
    }

    // Byte tokens side by side are one text, or a mark for each of them.
    private static List<string> ByteFallback(IReadOnlyList<string> tokens)
    {
        var (texts, bytes) = (new List<string>(), new List<byte>());
        foreach (var token in tokens)
        {
            if (token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, texts);
            texts.Add(token);
        }

        Flush(bytes, texts);
        return texts;
    }

    private static void Flush(List<byte> bytes, List<string> texts)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        try
        {
            texts.Add(Strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            texts.AddRange(Enumerable.Repeat("\uFFFD", bytes.Count));
        }

        bytes.Clear();
    }

    private static string Strip(string token, char sign, int start, int stop)
    {
        var first = 0;
        while (first < Math.Min(start, token.Length) && token[first] == sign)
        {
            first++;
        }

        var last = token.Length;
        while (token.Length - last < stop && last > first && token[last - 1] == sign)
        {
            last--;
        }

        return token[first..last];
    }

    private static DecoderStep ReadMetaspace(TokenizerField field)
    {
        var settings = MetaspaceSettings.Read(field);
        var (sign, never) = (settings.Sign, settings.Prepend == "never");
        // In the first token every sign goes, not only the one that was put there.
        return tokens => [.. tokens.Select((token, i) => i == 0 && !never ? token.Replace(sign.ToString(), "", StringComparison.Ordinal) : token.Replace(sign, ' '))];
    }

    private static DecoderStep BytePairs(TokenizerField field)
    {
        var suffix = field.Text();
        return suffix.Length == 0
            ? throw field.Error("a text was expected, came an empty one")
            : tokens => [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
    }

    private static char Sign(TokenizerField field) => field.Character() is { IsBmp: true } sign ? (char)sign.Value : throw field.Error("a character beyond U+FFFF is not supported");
}
