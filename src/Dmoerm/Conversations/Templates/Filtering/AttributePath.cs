using System.Globalization;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>What filters look at of each element: the element itself, or a member such as <c>function.name</c>.</summary>
internal sealed class AttributePath
{
    private readonly object?[] _parts;
    private readonly object? _default;
    private readonly bool _folds;

    private AttributePath(object?[] parts, object? fallback, bool folds) => (_parts, _default, _folds) = (parts, fallback, folds);

    /// <summary>Reads an argument.</summary>
    /// <param name="attribute">Names and numbers between points, or any other key; null for the element itself.</param>
    /// <param name="fallback">What stands for an undefined member; null for nothing.</param>
    /// <param name="folds">Texts in lower case, so that case does not count.</param>
    public static AttributePath Of(object? attribute, object? fallback = null, bool folds = false) => new(Parts(attribute), fallback, folds);

    /// <summary>Several paths, between commas.</summary>
    public static AttributePath[] Several(object? attribute, bool folds) =>
        attribute is string names ? [.. names.Split(',').Select(name => Of(name, null, folds))] : [Of(attribute, null, folds)];

    /// <summary>What is looked at of an element.</summary>
    public object? Of(TemplateRun run, object? item)
    {
        foreach (var part in _parts)
        {
            item = Members.Item(item, part);
            item = item is Undefined && _default is not null ? _default : item;
        }

        return _folds ? Fold(run, item) : item;
    }

    /// <summary>A text in lower case; anything else as it is.</summary>
    public static object? Fold(TemplateRun run, object? value)
    {
        if (!PythonText.TryGet(value, out var text))
        {
            return value;
        }

        run.Charge(text.Length);
        return Casing.Lower(text);
    }

    private static object?[] Parts(object? attribute) => attribute switch
    {
        null => [],
        string names => [.. names.Split('.').Select(object? (name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : name)],
        _ => [attribute],
    };
}
