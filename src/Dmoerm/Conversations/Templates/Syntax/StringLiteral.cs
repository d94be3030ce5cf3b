using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Escapes of string literals, as Python reads them.</summary>
internal static class StringLiteral
{
    /// <summary>The text between the quotes with its escapes replaced; an unknown escape stays as it is.</summary>
    /// <exception cref="FormatException">A code is cut short or none of Unicode's.</exception>
    public static string Read(ReadOnlySpan<char> literal)
    {
        if (literal.IndexOf('\\') < 0)
        {
            return literal.ToString();
        }

        var text = new StringBuilder(literal.Length);
        for (var at = 0; at < literal.Length; at++)
        {
            if (literal[at] == '\\' && at + 1 < literal.Length)
            {
                Escape(literal, ref at, text);
            }
            else
            {
                text.Append(literal[at]);
            }
        }

        return text.ToString();
    }

    private static void Escape(ReadOnlySpan<char> literal, ref int at, StringBuilder text)
    {
        var sign = literal[++at];
        var plain = "\\'\"abfnrtv".IndexOf(sign);
        if (plain >= 0)
        {
            text.Append("\\'\"\a\b\f\n\r\t\v"[plain]);
        }
        else if (sign is >= '0' and <= '7')
        {
            var code = 0;
            var end = Math.Min(literal.Length, at + 3);
            for (; at < end && literal[at] is >= '0' and <= '7'; at++)
            {
                code = 8 * code + literal[at] - '0';
            }

            at--;
            text.Append((char)code);
        }
        else if (sign is 'x' or 'u' or 'U')
        {
            Code(literal, ref at, sign == 'x' ? 2 : sign == 'u' ? 4 : 8, text);
        }
        else if (sign == 'N')
        {
            throw new FormatException("escapes by a character's name (\\N{...}) are not supported here");
        }
        else if (sign > '~' && Rune.DecodeFromUtf16(literal[at..], out var rune, out var width) == System.Buffers.OperationStatus.Done)
        {
            // Jinja reads literals as ASCII, so that the sign is an escape itself, whose backslash this one escapes.
            text.Append(Printing.Ascii(rune.ToString()));
            at += width - 1;
        }
        else if (sign != '\n')
        {
            text.Append('\\').Append(sign);
        }
    }

    private static void Code(ReadOnlySpan<char> literal, ref int at, int digits, StringBuilder text)
    {
        if (at + digits >= literal.Length || !uint.TryParse(literal.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
        {
            throw new FormatException($"the escape \\{literal[at]} needs {digits} hexadecimal digits of a character");
        }

        if (code is >= 0xD800 and <= 0xDFFF)
        {
            throw new FormatException($"the escape \\{literal[at]}{literal.Slice(at + 1, digits)} is half a surrogate pair, which is not supported here");
        }

        at += digits;
        _ = code > 0xFFFF ? text.Append(char.ConvertFromUtf32((int)code)) : text.Append((char)code);
    }
}
