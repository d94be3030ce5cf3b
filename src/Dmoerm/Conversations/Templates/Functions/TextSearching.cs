using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Python's methods that look for texts in others.</summary>
internal static class TextSearching
{
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
                : at < text.Length ? at + (char.IsSurrogatePair(text, at) ? 2 : 1) : -1;
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

    /// <summary><c>replace</c>.</summary>
    public static string Replace(TemplateRun run, string text, Arguments arguments)
    {
        var places = arguments.Places("replace", 2, 3);
        return Replace(run, text, TextMethods.Text("replace", places[0]), TextMethods.Text("replace", places[1]), Arguments.Int(places[2], -1));
    }

    /// <summary><c>startswith</c> and <c>endswith</c>: one of several texts stands there.</summary>
    public static object HasAffix(TemplateRun run, string name, string text, Arguments arguments, Func<string, string, bool> has)
    {
        var places = arguments.Places(name, 1, 3);
        run.Work(1);
        var part = Part(run, text, places, out _);
        return (places[0] is TupleValue several ? several.Items : [places[0]]).Select(affix => TextMethods.Text(name, affix)).Any(affix => part is not null && has(part, affix));
    }

    /// <summary><c>find</c> and <c>rfind</c>: where another text stands; -1 for nowhere.</summary>
    public static long Find(TemplateRun run, string name, string text, Arguments arguments, bool fromEnd)
    {
        var places = arguments.Places(name, 1, 3);
        var wanted = TextMethods.Text(name, places[0]);
        if (Part(run, text, places, out var start) is not { } part)
        {
            return -1;
        }

        run.Search(text.Length, wanted.Length);
        var at = fromEnd ? part.LastIndexOf(wanted, StringComparison.Ordinal) : part.IndexOf(wanted, StringComparison.Ordinal);
        return at < 0 ? -1 : start + PythonText.Length(part[..at]);
    }

    /// <summary><c>index</c> and <c>rindex</c>: the same, and nowhere is an error.</summary>
    public static long Index(TemplateRun run, string name, string text, Arguments arguments, bool fromEnd) =>
        Find(run, name, text, arguments, fromEnd) is var at and >= 0 ? at : throw new TemplateFault("substring not found");

    /// <summary><c>count</c>.</summary>
    public static long Count(TemplateRun run, string text, Arguments arguments)
    {
        var places = arguments.Places("count", 1, 3);
        var wanted = TextMethods.Text("count", places[0]);
        if (Part(run, text, places, out _) is not { } part)
        {
            return 0;
        }

        run.Search(text.Length, wanted.Length);
        return wanted.Length == 0 ? PythonText.Length(part) + 1L : part.AsSpan().Count(wanted);
    }

    /// <summary>Where a part of something begins and ends, as Python reads such arguments: the beginning may lie behind the end.</summary>
    public static (long Start, int Stop) Bounds(int length, object? start, object? stop)
    {
        long Place(object? value, int fallback)
        {
            var place = value is null or Missing ? fallback : Numbers.Index(value);
            return Math.Max(0, place < 0 ? place + length : place);
        }

        return (Place(start, 0), (int)Math.Min(Place(stop, length), length));
    }

    // The text between the second and the third argument; null where the one lies behind the other.
    private static string? Part(TemplateRun run, string text, object?[] places, out int start)
    {
        var (first, stop) = Bounds(PythonText.Length(text), places[1], places[2]);
        start = (int)Math.Min(first, int.MaxValue);
        if (first > stop || (places[1] is Missing && places[2] is Missing))
        {
            return first > stop ? null : text;
        }

        run.Charge(stop - start);
        return text[PythonText.Offset(text, start)..PythonText.Offset(text, stop)];
    }
}
