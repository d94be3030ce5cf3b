using System.Numerics;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Members that Python's values have and that are not here: asked for, they are refused by name and never count as absent.</summary>
internal static class PythonMembers
{
    private static readonly string[] Texts = ["casefold", "encode", "isidentifier", "maketrans", "translate"];
    private static readonly string[] Markups = [.. Texts, "escape", "striptags", "unescape"];
    private static readonly string[] Integers = ["as_integer_ratio", "from_bytes", "to_bytes"];
    private static readonly string[] Floats = ["as_integer_ratio", "fromhex", "hex"];
    private static readonly string[] Views = ["isdisjoint", "mapping"];
    private static readonly string[] Iterators = ["close", "gi_running", "gi_suspended", "gi_yieldfrom", "send", "throw"];
    private static readonly string[] Types =
    [
        "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values", "current", "next", "reset", "name", "super",
    ];

    /// <summary>A value of this type has such a member in Python.</summary>
    public static bool Has(object? owner, string name) => owner switch
    {
        string => Texts,
        MarkupValue => Markups,
        long or bool or BigInteger => Integers,
        double => Floats,
        DictView => Views,
        IteratorValue => Iterators,
        FunctionValue => Types,
        _ => (string[])[],
    } is var names && names.Contains(name);
}
