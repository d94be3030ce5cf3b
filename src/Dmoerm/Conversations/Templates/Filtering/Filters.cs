using System.Collections.Frozen;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>What <c>|</c> does with a value.</summary>
internal delegate object? Filter(TemplateRun run, object? value, Arguments arguments);

/// <summary>Jinja's filters by name.</summary>
internal static class Filters
{
    // Jinja has these, and no chat template that was seen uses them; one is random.
    private static readonly string[] Refused = ["pprint", "random", "striptags", "urlize", "wordwrap"];

    private static readonly FrozenDictionary<string, Filter> All = new Dictionary<string, Filter>
    {
        ["abs"] = NumberFilters.Abs,
        ["attr"] = (_, value, arguments) => Members.AttributeOnly(value, TextMethods.Text("attr", arguments.Bind("attr", 1, "name")[0])),
        ["batch"] = ListFilters.Batch,
        ["capitalize"] = TextFilters.Change("capitalize", Casing.Capitalize),
        ["center"] = TextFilters.Center,
        ["count"] = ListFilters.Length,
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = OrderFilters.DictSort,
        ["e"] = TextFilters.Escape,
        ["escape"] = TextFilters.Escape,
        ["filesizeformat"] = NumberFilters.FileSize,
        ["first"] = ListFilters.First,
        ["float"] = NumberFilters.Float,
        ["forceescape"] = TextFilters.ForceEscape,
        ["format"] = TextFilters.Format,
        ["groupby"] = OrderFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = ListFilters.Items,
        ["join"] = ListFilters.Join,
        ["last"] = ListFilters.Last,
        ["length"] = ListFilters.Length,
        ["list"] = ListFilters.List,
        ["lower"] = TextFilters.Change("lower", Casing.Lower),
        ["map"] = ChoiceFilters.Map,
        ["max"] = (run, value, arguments) => OrderFilters.Extreme(run, value, arguments, isLargest: true),
        ["min"] = (run, value, arguments) => OrderFilters.Extreme(run, value, arguments, isLargest: false),
        ["reject"] = ChoiceFilters.Select(byAttribute: false, wanted: false),
        ["rejectattr"] = ChoiceFilters.Select(byAttribute: true, wanted: false),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = ListFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = TextFilters.Safe,
        ["select"] = ChoiceFilters.Select(byAttribute: false, wanted: true),
        ["selectattr"] = ChoiceFilters.Select(byAttribute: true, wanted: true),
        ["slice"] = ListFilters.Slice,
        ["sort"] = OrderFilters.Sort,
        ["string"] = TextFilters.String,
        ["sum"] = NumberFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = ToJson,
        ["trim"] = TextFilters.Trim,
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = OrderFilters.Unique,
        ["upper"] = TextFilters.Change("upper", Casing.Upper),
        ["urlencode"] = WebFilters.UrlEncode,
        ["wordcount"] = TextFilters.WordCount,
        ["xmlattr"] = WebFilters.XmlAttributes,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A filter by name; null where there is none here.</summary>
    public static Filter? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Jinja has such a filter.</summary>
    public static bool IsKnown(string name) => All.ContainsKey(name) || Refused.Contains(name);

    /// <summary>It looks other filters or tests up while rendering, so Jinja never works it out beforehand.</summary>
    public static bool NeedsRun(string name) => name is "map" or "select" or "reject" or "selectattr" or "rejectattr";

    /// <summary>Why a filter is not here.</summary>
    public static string Absence(string name) => Refused.Contains(name) ? $"the filter '{name}' of Jinja is not supported here" : $"No filter named '{name}'.";

    private static object? Default(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("default", 0, "default_value", "boolean");
        return value is Undefined || (Arguments.Flag(bound[1], false) && !Truth.Of(value)) ? Arguments.Or(bound[0], "") : value;
    }

    // transformers' own, which escapes no HTML.
    private static string ToJson(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = Arguments.Or(bound[1], null) is not { } width ? null : PythonText.TryGet(width, out var text) ? text : Blanks(run, width);
        var separators = Arguments.Or(bound[2], null) switch
        {
            null => (indent is null ? ", " : ",", ": "),
            var stated => run.Array(stated) is [string items, string keys] ? (items, keys) : throw new TemplateFault("tojson: separators should be two texts"),
        };
        return new JsonText(run, Arguments.Flag(bound[0], false), indent, separators, Arguments.Flag(bound[3], false)).Write(value);
    }

    /// <summary>So many blanks.</summary>
    public static string Blanks(TemplateRun run, object? count)
    {
        var width = Math.Max(0, Numbers.Index(count));
        run.Charge(width);
        return new string(' ', (int)width);
    }
}
