using System.Numerics;
using Dmoerm.Conversations.Templates.Statements;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>What Python calls the type of a value; error messages say it.</summary>
internal static class TypeNames
{
    /// <summary>The type's name.</summary>
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        string => "str",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        ListValue => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        MarkupValue => "Markup",
        Undefined => "Undefined",
        RangeValue => "range",
        DictView view => view.TypeName,
        IteratorValue => "generator",
        NamespaceValue => "Namespace",
        FunctionValue { Shown: not null } => "type",
        FunctionValue => "function",
        HelperValue helper => helper.TypeName,
        MacroValue => "Macro",
        LoopValue => "LoopContext",
        _ => value.GetType().Name,
    };
}
