using System.Collections.Frozen;
using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>A method of a text.</summary>
internal delegate object? TextMethod(TemplateRun run, string text, Arguments arguments);

/// <summary>Python's methods of texts.</summary>
internal static class TextMethods
{
    private static readonly FrozenDictionary<string, TextMethod> All = new Dictionary<string, TextMethod>
    {
        ["upper"] = (run, text, arguments) => Plain(run, "upper", text, arguments, Casing.Upper),
        ["lower"] = (run, text, arguments) => Plain(run, "lower", text, arguments, Casing.Lower),
        ["title"] = (run, text, arguments) => Plain(run, "title", text, arguments, Casing.Title),
        ["capitalize"] = (run, text, arguments) => Plain(run, "capitalize", text, arguments, Casing.Capitalize),
        ["swapcase"] = (run, text, arguments) => Plain(run, "swapcase", text, arguments, Casing.Swap),
        ["strip"] = (run, text, arguments) => Strip(run, "strip", text, arguments, true, true),
        ["lstrip"] = (run, text, arguments) => Strip(run, "lstrip", text, arguments, true, false),
        ["rstrip"] = (run, text, arguments) => Strip(run, "rstrip", text, arguments, false, true),
        ["split"] = (run, text, arguments) => TextCutting.Split(run, text, arguments, fromEnd: false),
        ["rsplit"] = (run, text, arguments) => TextCutting.Split(run, text, arguments, fromEnd: true),
        ["splitlines"] = TextCutting.SplitLines,
        ["partition"] = (run, text, arguments) => TextCutting.Partition(run, text, arguments, fromEnd: false),
        ["rpartition"] = (run, text, arguments) => TextCutting.Partition(run, text, arguments, fromEnd: true),
        ["replace"] = Replace,
        ["join"] = (run, text, arguments) => Join(run, text, run.Array(arguments.Bind("join", 1, "iterable")[0])),
        ["startswith"] = (run, text, arguments) => HasAffix(run, "startswith", text, arguments, (part, affix) => part.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = (run, text, arguments) => HasAffix(run, "endswith", text, arguments, (part, affix) => part.EndsWith(affix, StringComparison.Ordinal)),
        ["removeprefix"] = (_, text, arguments) => Text("removeprefix", arguments.Bind("removeprefix", 1, "prefix")[0]) is var affix && text.StartsWith(affix, StringComparison.Ordinal) ? text[affix.Length..] : text,
        ["removesuffix"] = (_, text, arguments) => Text("removesuffix", arguments.Bind("removesuffix", 1, "suffix")[0]) is var affix && text.EndsWith(affix, StringComparison.Ordinal) ? text[..^affix.Length] : text,
        ["find"] = (run, text, arguments) => (long)Find(run, "find", text, arguments, fromEnd: false),
        ["rfind"] = (run, text, arguments) => (long)Find(run, "rfind", text, arguments, fromEnd: true),
        ["index"] = (run, text, arguments) => Find(run, "index", text, arguments, fromEnd: false) is var at and >= 0 ? (long)at : throw new TemplateFault("substring not found"),
        ["rindex"] = (run, text, arguments) => Find(run, "rindex", text, arguments, fromEnd: true) is var at and >= 0 ? (long)at : throw new TemplateFault("substring not found"),
        ["count"] = Count,
        ["format"] = (run, text, arguments) => new BraceFormat(run, arguments).Apply(text),
        ["format_map"] = (run, text, arguments) => new BraceFormat(run, new Arguments([], Pairs(arguments.Bind("format_map", 1, "mapping")[0]))).Apply(text),
        ["center"] = (run, text, arguments) => Pad(run, "center", text, arguments),
        ["ljust"] = (run, text, arguments) => Pad(run, "ljust", text, arguments),
        ["rjust"] = (run, text, arguments) => Pad(run, "rjust", text, arguments),
        ["zfill"] = ZeroFill,
        ["expandtabs"] = TextCutting.ExpandTabs,
        ["isdigit"] = (run, text, arguments) => Casing.IsDigit(text),
        ["isdecimal"] = (run, text, arguments) => Casing.IsDecimal(text),
        ["isnumeric"] = (run, text, arguments) => Casing.IsNumeric(text),
        ["isalpha"] = (run, text, arguments) => Casing.IsAlpha(text),
        ["isalnum"] = (run, text, arguments) => Casing.IsAlphanumeric(text),
        ["isspace"] = (run, text, arguments) => text.Length > 0 && text.All(PythonText.IsSpace),
        ["isupper"] = (run, text, arguments) => Casing.IsUpper(text),
        ["islower"] = (run, text, arguments) => Casing.IsLower(text),
        ["istitle"] = (run, text, arguments) => Casing.IsTitle(text),
        ["isascii"] = (run, text, arguments) => Ascii.IsValid(text),
        ["isprintable"] = (run, text, arguments) => text.EnumerateRunes().All(PythonText.IsPrintable),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A method by name; null where there is none.</summary>
    public static TextMethod? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Texts joined by another.</summary>
    /// <exception cref="TemplateFault">An element is no text.</exception>
    public static string Join(TemplateRun run, string between, object?[] items)
    {
        var texts = new string[items.Length];
        long length = (long)between.Length * Math.Max(0, items.Length - 1);
        for (var place = 0; place < items.Length; place++)
        {
            texts[place] = PythonText.TryGet(items[place], out var text) ? text
                : throw new TemplateFault($"sequence item {place}: expected str instance, {TypeNames.Of(items[place])} found");
            length += text.Length;
        }

        run.Charge(length);
        return string.Join(between, texts);
    }

    /// <summary>A text with another put in the place of a third.</summary>
    /// <param name="run">Counts the work.</param>
    /// <param name="text">The text.</param>
    /// <param name="old">What goes; an empty text is found before every character and at the end.</param>
    /// <param name="new">What comes.</param>
    /// <param name="most">How many times; negative for always.</param>
    public static string Replace(TemplateRun run, string text, string old, string @new, long most)
    {
        run.Search(text.Length, old.Length);
        var result = new StringBuilder();
        var at = 0;
        for (var done = 0L; most < 0 || done < most; done++)
        {
            var next = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal)
                : done == 0 ? 0
                : at < text.Length ? at + char.ConvertFromUtf32(char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : 'x').Length : -1;
            if (next < 0)
            {
                break;
            }

            run.Charge(next - at + @new.Length);
            run.Work(1);
            result.Append(text, at, next - at).Append(@new);
            at = next + old.Length;
        }

        run.Charge(text.Length - at);
        return at == 0 && result.Length == 0 ? text : result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Where a part of something begins and ends, as Python reads such arguments.</summary>
    public static (int Start, int Stop) Bounds(int length, object? start, object? stop)
    {
        int Place(object? value, int fallback)
        {
            var place = value is null or Missing ? fallback : Numbers.Index(value);
            return (int)Math.Clamp(place < 0 ? place + length : place, 0, length);
        }

        return (Place(start, 0), Place(stop, length));
    }

    /// <summary>An argument that must be a text.</summary>
    /// <exception cref="TemplateFault">It is none.</exception>
    public static string Text(string method, object? value) => PythonText.TryGet(value, out var text) ? text
        : value is Undefined undefined ? throw undefined.Fault()
        : throw new TemplateFault($"{method}: expected a str argument, not {TypeNames.Of(value)}");

    private static KeyValuePair<string, object?>[] Pairs(object? map) => map is DictValue dict
        ? [.. dict.Pairs.Where(pair => pair.Key is string).Select(pair => new KeyValuePair<string, object?>((string)pair.Key, pair.Value))]
        : throw new TemplateFault("format_map: expected a mapping");

    private static string Plain(TemplateRun run, string name, string text, Arguments arguments, Func<string, string> change)
    {
        arguments.Bind(name, 0);
        run.Charge(text.Length);
        return change(text);
    }

    private static string Strip(TemplateRun run, string name, string text, Arguments arguments, bool start, bool end)
    {
        var signs = Arguments.Or(arguments.Bind(name, 0, "chars")[0], null);
        run.Charge(text.Length);
        return PythonText.Strip(text, signs is null ? null : Text(name, signs), start, end);
    }

    private static string Replace(TemplateRun run, string text, Arguments arguments)
    {
        var bound = arguments.Bind("replace", 2, "old", "new", "count");
        return Replace(run, text, Text("replace", bound[0]), Text("replace", bound[1]), Arguments.Int(bound[2], -1));
    }

    private static object HasAffix(TemplateRun run, string name, string text, Arguments arguments, Func<string, string, bool> has)
    {
        var bound = arguments.Bind(name, 1, "affix", "start", "end");
        var (start, stop) = Bounds(PythonText.Length(text), bound[1], bound[2]);
        var part = bound[1] is Missing ? text : start > stop ? null : text[PythonText.Offset(text, start)..PythonText.Offset(text, stop)];
        run.Work(1);
        return part is not null && (bound[0] is TupleValue several ? several.Items.Any(affix => has(part, Text(name, affix))) : has(part, Text(name, bound[0])));
    }

    private static int Find(TemplateRun run, string name, string text, Arguments arguments, bool fromEnd)
    {
        var bound = arguments.Bind(name, 1, "sub", "start", "end");
        var wanted = Text(name, bound[0]);
        var (start, stop) = Bounds(PythonText.Length(text), bound[1], bound[2]);
        if (start > stop)
        {
            return -1;
        }

        run.Search(text.Length, wanted.Length);
        var from = PythonText.Offset(text, start);
        var part = text[from..PythonText.Offset(text, stop)];
        var at = fromEnd ? part.LastIndexOf(wanted, StringComparison.Ordinal) : part.IndexOf(wanted, StringComparison.Ordinal);
        return at < 0 ? -1 : start + PythonText.Length(part[..at]);
    }

    private static object Count(TemplateRun run, string text, Arguments arguments)
    {
        var bound = arguments.Bind("count", 1, "sub", "start", "end");
        var wanted = Text("count", bound[0]);
        var (start, stop) = Bounds(PythonText.Length(text), bound[1], bound[2]);
        if (start > stop)
        {
            return 0L;
        }

        run.Search(text.Length, wanted.Length);
        var part = text[PythonText.Offset(text, start)..PythonText.Offset(text, stop)];
        return wanted.Length == 0 ? PythonText.Length(part) + 1L : part.AsSpan().Count(wanted);
    }

    private static object Pad(TemplateRun run, string name, string text, Arguments arguments)
    {
        var bound = arguments.Bind(name, 1, "width", "fillchar");
        var fill = bound[1] is Missing ? " " : Text(name, bound[1]);
        if (PythonText.Length(fill) != 1)
        {
            throw new TemplateFault("The fill character must be exactly one character long");
        }

        var missing = Math.Max(0, Numbers.Index(bound[0]) - PythonText.Length(text));
        run.Charge(text.Length + missing * fill.Length);
        // Python puts the odd one to the left where the width is odd.
        var before = name switch { "ljust" => 0, "rjust" => missing, _ => missing / 2 + (missing & Numbers.Index(bound[0]) & 1) };
        string Filling(long count) => string.Concat(Enumerable.Repeat(fill, (int)count));
        return Filling(before) + text + Filling(missing - before);
    }

    private static object ZeroFill(TemplateRun run, string text, Arguments arguments)
    {
        var missing = Math.Max(0, Numbers.Index(arguments.Bind("zfill", 1, "width")[0]) - PythonText.Length(text));
        run.Charge(text.Length + missing);
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + new string('0', (int)missing) + text[sign..];
    }
}
