using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Attributes and elements of values, in the order in which Jinja looks for them.</summary>
internal static class Members
{
    /// <summary><c>a.b</c>: the attribute, else the element of that key, else undefined.</summary>
    /// <exception cref="TemplateFault">The owner itself is undefined.</exception>
    public static object? Attribute(object? owner, string name)
    {
        // The way of nearly all look-ups: a map has few attributes and many keys.
        if (owner is DictValue dict && dict.TryGet(name, out var value) && !IsInternal(name) && !Methods.Changing(dict, name) && Methods.OfDict(dict, name) is null)
        {
            return value;
        }

        return Find(owner, name) is var found and not Missing ? found
            : Element(owner, name) is var element and not Missing ? element
            : Undefined.Member(owner, name);
    }

    /// <summary><c>a[b]</c>: the element, else the attribute of that name, else undefined.</summary>
    /// <exception cref="TemplateFault">The owner itself is undefined.</exception>
    public static object? Item(object? owner, object? key)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Fault();
        }

        var element = Element(owner, key);
        if (element is not Missing)
        {
            return element;
        }

        return PythonText.TryGet(key, out var name) && Find(owner, name) is var found and not Missing ? found : Undefined.Member(owner, key);
    }

    /// <summary>The attribute alone, else undefined.</summary>
    public static object? AttributeOnly(object? owner, string name) => Find(owner, name) is var found and not Missing ? found : Undefined.Member(owner, name);

    // What Python's getattr gives, in its sandbox.
    private static object? Find(object? owner, string name)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Fault();
        }

        if (owner is NamespaceValue space && space.Members.TryGetValue(name, out var member))
        {
            return name.StartsWith('_') ? Undefined.Unsafe(owner, name) : member;
        }

        if (IsInternal(name))
        {
            return owner is DictValue dict && dict.TryGet(name, out _)
                ? throw new TemplateFault($"'{name}' as a member of a map is not supported here: Python has members of such names itself")
                : Undefined.Unsafe(owner, name);
        }

        var found = Own(owner, name);
        return found is Missing && PythonMembers.Has(owner, name) ? throw new TemplateFault($"the member '{name}' of a '{TypeNames.Of(owner)}' is not supported here") : found;
    }

    private static bool IsInternal(string name) => name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal);

    private static object? Own(object? owner, string name) => owner switch
    {
        string text => Method(Methods.OfText(text, name)),
        MarkupValue markup => Method(MarkupMethods.Find(markup, name)),
        DictValue map => Methods.Changing(owner, name) ? Undefined.Unsafe(owner, name) : Method(Methods.OfDict(map, name)),
        SequenceValue sequence => Methods.Changing(owner, name) ? Undefined.Unsafe(owner, name) : Named(sequence, name) is var item and not Missing ? item : Method(Methods.OfSequence(sequence, name)),
        LoopValue loop => loop.Member(name),
        MacroValue macro => macro.Member(name),
        HelperValue helper => helper.Member(name),
        RangeValue range => Methods.OfRange(range, name),
        double number => Methods.OfFloat(number, name),
        _ when Numbers.IsInteger(owner) => Methods.OfInteger(owner!, name),
        _ => Missing.Value,
    };

    private static object? Named(SequenceValue sequence, string name)
    {
        var place = sequence is TupleValue { Names: var names } ? names.ToList().IndexOf(name) : -1;
        return place < 0 ? Missing.Value : sequence.Items[place];
    }

    private static object Method(FunctionValue? method) => (object?)method ?? Missing.Value;

    private static object? Element(object? owner, object? key)
    {
        if (owner is DictValue dict)
        {
            // A key that can be none is no element either.
            return key is not (ListValue or DictValue) && dict.TryGet(KeyComparer.Hashable(key), out var value) ? value : Missing.Value;
        }

        if (!Numbers.IsInteger(key))
        {
            return Missing.Value;
        }

        var place = Numbers.Index(key);
        switch (owner)
        {
            case SequenceValue { Items: var items }:
                place += place < 0 ? items.Length : 0;
                return place >= 0 && place < items.Length ? items[place] : Missing.Value;
            case RangeValue range:
                place += place < 0 ? range.Count : 0;
                return place >= 0 && place < range.Count ? range[place] : Missing.Value;
            default:
                return owner is string text ? Character(text, place)
                    : owner is not MarkupValue markup ? Missing.Value
                    : Character(markup.Text, place) is string sign ? new MarkupValue(sign) : Missing.Value;
        }
    }

    private static object Character(string text, long place)
    {
        var count = PythonText.Length(text);
        place += place < 0 ? count : 0;
        if (place < 0 || place >= count)
        {
            return Missing.Value;
        }

        var at = PythonText.Offset(text, (int)place);
        return text.Substring(at, char.IsSurrogatePair(text, at) ? 2 : 1);
    }
}
