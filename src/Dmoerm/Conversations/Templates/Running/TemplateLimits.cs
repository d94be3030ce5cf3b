namespace Dmoerm.Conversations.Templates.Running;

/// <summary>What a template may use up. Templates come with other people's models, so one that loops or swells ends in a sentence and not in a machine that stands still.</summary>
internal static class TemplateLimits
{
    /// <summary>Characters of a template's source; the longest in use has 17 thousand.</summary>
    public const int Source = 1 << 20;

    /// <summary>Brackets, tags and expressions inside each other in the source, of which a pair of brackets counts twice. The parser's stack grows with it; those in use stay below 40.</summary>
    public const int Nesting = 200;

    /// <summary>Expressions and statements inside each other while rendering, macros' bodies included: what a stack of one megabyte surely holds.</summary>
    public const int Depth = 500;

    /// <summary>Lists and maps inside each other when they are printed or compared; JSON that is read has at most 64.</summary>
    public const int ValueDepth = 200;

    /// <summary>Steps of one rendering, about a second: an expression, a turn of a loop, an element that is looked at, or 256 characters that are searched. A long chat takes some ten thousand.</summary>
    public const long Steps = 10_000_000;

    /// <summary>Characters that one rendering may make, printed or not; an element of a list counts as eight. 200 MB, while a template makes each character of a conversation about ten times.</summary>
    public const long Made = 100_000_000;

    /// <summary>Elements of a tuple that is a map's key, those of tuples inside it included.</summary>
    public const int TupleKey = 100;

    /// <summary>Digits of a whole number that is printed or read, as Python has it.</summary>
    public const int IntegerDigits = 4300;

    /// <summary>Bits of a whole number: more than those that can be printed need.</summary>
    public const int IntegerBits = 16_384;

    /// <summary>Numbers in a range, as Jinja's sandbox has it.</summary>
    public const int Range = 100_000;
}
