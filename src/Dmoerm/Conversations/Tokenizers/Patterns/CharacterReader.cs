namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>Turns the parts of a regular expression that stand for one character into those of .NET: literals, escapes, classes and sets.</summary>
/// <param name="pattern">The expression.</param>
/// <param name="standIns">For texts in which <see cref="StandIns"/> have replaced surrogate pairs.</param>
internal sealed class CharacterReader(PatternText pattern, bool standIns)
{
    /// <summary>Letters equal each other without regard to case.</summary>
    public bool AnyCase { get; set; }

    /// <summary>Reads a literal.</summary>
    public string ReadLiteral() => Literal(pattern.Take());

    /// <summary>Reads an escape that is a literal or a class.</summary>
    public string ReadEscaped() => ReadEscape() is { } literal ? Literal(literal) : ReadClass(new CharacterSet(standIns)).Write(negated: false);

    /// <summary>Reads a set, from its bracket on.</summary>
    public string ReadSet()
    {
        pattern.Take("[");
        var (negated, set, first) = (pattern.Take("^"), new CharacterSet(standIns), true);
        for (; !pattern.Take("]"); first = false)
        {
            if (pattern.AtEnd)
            {
                throw new NotSupportedException("a set without its end");
            }

            if (pattern.Looking("[") || pattern.Looking("&&") || (first && pattern.Looking("]")))
            {
                throw pattern.Unknown($"{pattern.Next} in a set");
            }

            if (ReadMember() is { } low)
            {
                AddRange(set, low, ReadRangeEnd() ?? low);
            }
            else
            {
                ReadClass(set);
            }
        }

        return set.Write(negated);
    }

    // Null where a class comes next.
    private char? ReadMember() => pattern.Looking(@"\") ? ReadEscape() : pattern.Take();

    private char? ReadRangeEnd()
    {
        if (!pattern.Looking("-") || pattern.AfterNext is null or ']')
        {
            return null;
        }

        pattern.Take("-");
        return ReadMember() ?? throw pattern.Unknown("a class as the end of a range");
    }

    private void AddRange(CharacterSet set, char low, char high)
    {
        if (char.IsSurrogate(low) || char.IsSurrogate(high))
        {
            throw new NotSupportedException("a character beyond U+FFFF");
        }

        if (low > high)
        {
            throw new NotSupportedException($"a range from U+{(int)low:X4} down to U+{(int)high:X4}");
        }

        if (!AnyCase)
        {
            set.Add(low, high);
        }
        else if (!set.AddAnyCase(low, high))
        {
            throw new NotSupportedException("(?i) over characters beyond ASCII");
        }
    }

    // The character that an escape stands for; null where it stands for a class, which is then still to be read.
    private char? ReadEscape()
    {
        var name = pattern.AfterNext ?? throw pattern.Unknown(@"\");
        if ("sSdDpP".Contains(name, StringComparison.Ordinal))
        {
            return null;
        }

        pattern.Take(@"\");
        pattern.Take();
        return name switch
        {
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => '\e',
            'u' => pattern.TakeHex(4),
            'x' => pattern.Looking("{") ? throw pattern.Unknown(@"\x{") : pattern.TakeHex(2),
            _ when char.IsAsciiLetterOrDigit(name) => throw pattern.Unknown($@"\{name}"),
            _ => name,
        };
    }

    private CharacterSet ReadClass(CharacterSet set)
    {
        pattern.Take(@"\");
        switch (pattern.Take())
        {
            case 's':
                set.AddBlanks();
                break;
            case 'S':
                set.AddNoBlanks();
                break;
            case 'd':
                set.AddCategories("Nd", negated: false);
                break;
            case 'D':
                set.AddCategories("Nd", negated: true);
                break;
            case var name:
                ReadProperty(set, name == 'P');
                break;
        }

        return set;
    }

    private void ReadProperty(CharacterSet set, bool negated)
    {
        if (!pattern.Take("{"))
        {
            throw pattern.Unknown(@"\p without braces");
        }

        negated ^= pattern.Take("^");
        var name = pattern.TakeUntil('}') ?? throw pattern.Unknown(@"\p without braces");
        if (AnyCase || !set.AddCategories(name, negated))
        {
            throw pattern.Unknown($@"\p{{{name}}}{(AnyCase ? " under (?i)" : "")}");
        }
    }

    private string Literal(char character)
    {
        if (char.IsSurrogate(character))
        {
            throw new NotSupportedException("a character beyond U+FFFF");
        }

        if (!AnyCase)
        {
            return CharacterSet.Escape(character);
        }

        // Pairs such as "ss" or "fi" equal single characters there.
        if (!pattern.AtEnd && IsOneOf("sf", character) && IsOneOf("sftil", pattern.Next))
        {
            throw pattern.Unknown($"'{character}{pattern.Next}' under (?i)");
        }

        var set = new CharacterSet(standIns);
        AddRange(set, character, character);
        return set.Write(negated: false);
    }

    private static bool IsOneOf(string letters, char character) => letters.Contains(char.ToLowerInvariant(character), StringComparison.Ordinal);
}
