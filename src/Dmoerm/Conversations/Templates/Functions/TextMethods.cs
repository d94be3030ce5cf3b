using System.Collections.Frozen;
using System.Text;
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
        ["upper"] = Change("upper", Casing.Upper),
        ["lower"] = Change("lower", Casing.Lower),
        ["title"] = Change("title", Casing.Title),
        ["capitalize"] = Change("capitalize", Casing.Capitalize),
        ["swapcase"] = Change("swapcase", Casing.Swap),
        ["strip"] = (run, text, arguments) => TextCutting.Strip(run, "strip", text, arguments, true, true),
        ["lstrip"] = (run, text, arguments) => TextCutting.Strip(run, "lstrip", text, arguments, true, false),
        ["rstrip"] = (run, text, arguments) => TextCutting.Strip(run, "rstrip", text, arguments, false, true),
        ["split"] = (run, text, arguments) => TextCutting.Split(run, text, arguments, fromEnd: false),
        ["rsplit"] = (run, text, arguments) => TextCutting.Split(run, text, arguments, fromEnd: true),
        ["splitlines"] = TextCutting.SplitLines,
        ["partition"] = (run, text, arguments) => TextCutting.Partition(run, text, arguments, fromEnd: false),
        ["rpartition"] = (run, text, arguments) => TextCutting.Partition(run, text, arguments, fromEnd: true),
        ["removeprefix"] = (_, text, arguments) => Text("removeprefix", arguments.Places("removeprefix", 1, 1)[0]) is var affix && text.StartsWith(affix, StringComparison.Ordinal) ? text[affix.Length..] : text,
        ["removesuffix"] = (_, text, arguments) => Text("removesuffix", arguments.Places("removesuffix", 1, 1)[0]) is var affix && text.EndsWith(affix, StringComparison.Ordinal) ? text[..^affix.Length] : text,
        ["replace"] = TextSearching.Replace,
        ["join"] = (run, text, arguments) => Join(run, text, run.Array(arguments.Places("join", 1, 1)[0])),
        ["startswith"] = (run, text, arguments) => TextSearching.HasAffix(run, "startswith", text, arguments, (part, affix) => part.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = (run, text, arguments) => TextSearching.HasAffix(run, "endswith", text, arguments, (part, affix) => part.EndsWith(affix, StringComparison.Ordinal)),
        ["find"] = (run, text, arguments) => TextSearching.Find(run, "find", text, arguments, fromEnd: false),
        ["rfind"] = (run, text, arguments) => TextSearching.Find(run, "rfind", text, arguments, fromEnd: true),
        ["index"] = (run, text, arguments) => TextSearching.Index(run, "index", text, arguments, fromEnd: false),
        ["rindex"] = (run, text, arguments) => TextSearching.Index(run, "rindex", text, arguments, fromEnd: true),
        ["count"] = (run, text, arguments) => TextSearching.Count(run, text, arguments),
        ["format"] = (run, text, arguments) => new BraceFormat(run, arguments).Apply(text),
        ["format_map"] = (run, text, arguments) => new BraceFormat(run, BraceFormat.Fields(arguments)).Apply(text),
        ["center"] = (run, text, arguments) => TextPadding.Pad(run, "center", text, arguments),
        ["ljust"] = (run, text, arguments) => TextPadding.Pad(run, "ljust", text, arguments),
        ["rjust"] = (run, text, arguments) => TextPadding.Pad(run, "rjust", text, arguments),
        ["zfill"] = TextPadding.ZeroFill,
        ["expandtabs"] = TextPadding.ExpandTabs,
        ["isdigit"] = Ask("isdigit", LetterKinds.IsDigit),
        ["isdecimal"] = Ask("isdecimal", LetterKinds.IsDecimal),
        ["isnumeric"] = Ask("isnumeric", LetterKinds.IsNumeric),
        ["isalpha"] = Ask("isalpha", LetterKinds.IsAlpha),
        ["isalnum"] = Ask("isalnum", LetterKinds.IsAlphanumeric),
        ["isspace"] = Ask("isspace", text => text.Length > 0 && text.All(PythonText.IsSpace)),
        ["isupper"] = Ask("isupper", LetterKinds.IsUpper),
        ["islower"] = Ask("islower", LetterKinds.IsLower),
        ["istitle"] = Ask("istitle", LetterKinds.IsTitle),
        ["isascii"] = Ask("isascii", text => Ascii.IsValid(text)),
        ["isprintable"] = Ask("isprintable", text => text.EnumerateRunes().All(PythonText.IsPrintable)),
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

    /// <summary>An argument that must be a text.</summary>
    /// <exception cref="TemplateFault">It is none.</exception>
    public static string Text(string method, object? value) => PythonText.TryGet(value, out var text) ? text
        : value is Undefined undefined ? throw undefined.Fault()
        : throw new TemplateFault($"{method}: expected a str argument, not {TypeNames.Of(value)}");

    private static TextMethod Change(string name, Func<string, string> change) => (run, text, arguments) =>
    {
        arguments.Places(name, 0, 0);
        run.Charge(text.Length);
        return change(text);
    };

    private static TextMethod Ask(string name, Func<string, bool> holds) => (_, text, arguments) =>
    {
        arguments.Places(name, 0, 0);
        return holds(text);
    };
}
