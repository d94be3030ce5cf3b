using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Parts of texts, lists and ranges by places, as Python's slices.</summary>
internal static class Slicing
{
    /// <summary>A part of a value.</summary>
    /// <param name="run">Counts the work.</param>
    /// <param name="value">A text, a list, a tuple or a range.</param>
    /// <param name="start">The first place; null for the end that the step comes from.</param>
    /// <param name="stop">The place behind the last; null for the other end.</param>
    /// <param name="step">From place to place; null for 1.</param>
    /// <exception cref="TemplateFault">The value has no places, or the step is 0.</exception>
    public static object Cut(TemplateRun run, object? value, object? start, object? stop, object? step)
    {
        switch (value)
        {
            case string text:
                return Cut(run, text, start, stop, step);
            case MarkupValue markup:
                return new MarkupValue(Cut(run, markup.Text, start, stop, step));
            case SequenceValue sequence:
                return sequence.With(Cut(run, sequence.Items, new Places(sequence.Items.Length, start, stop, step)));
            case RangeValue range:
                return Cut(range, new Places((int)range.Count, start, stop, step));
            default:
                throw (value as Undefined)?.Fault() ?? new TemplateFault($"'{TypeNames.Of(value)}' object is not subscriptable by a slice");
        }
    }

    private static string Cut(TemplateRun run, string text, object? from, object? to, object? by)
    {
        var places = new Places(PythonText.Length(text), from, to, by);
        run.Charge(places.Count);
        if (places.Step == 1)
        {
            var at = PythonText.Offset(text, places.Start);
            return text.Substring(at, PythonText.IsPlain(text) ? places.Count : PythonText.Offset(text, places.Start + places.Count) - at);
        }

        run.Work(text.Length / 16);
        var signs = PythonText.Split(text);
        return string.Concat(Enumerable.Range(0, places.Count).Select(place => signs[places[place]]));
    }

    private static object?[] Cut(TemplateRun run, object?[] items, Places places)
    {
        run.ChargeItems(places.Count);
        if (places.Step == 1)
        {
            return items[places.Start..(places.Start + places.Count)];
        }

        var cut = new object?[places.Count];
        for (var place = 0; place < cut.Length; place++)
        {
            cut[place] = items[places[place]];
        }

        return cut;
    }

    private static RangeValue Cut(RangeValue range, Places places) =>
        Math.Abs((double)places.Step * range.Step) > RangeValue.Farthest
            ? throw new TemplateFault("a range with so large a step is not supported here")
            : new RangeValue(range[places.Start], range[places.Stop], places.Step * range.Step);

    // Python's rule: what lies outside is moved to the end.
    private readonly struct Places
    {
        public Places(int length, object? from, object? to, object? by)
        {
            Step = by is null ? 1 : Index(by);
            var (least, most) = Step > 0 ? (0, length) : Step < 0 ? (-1, length - 1) : throw new TemplateFault("slice step cannot be zero");
            Start = from is null ? Step > 0 ? 0 : length - 1 : Inside(Index(from), length, least, most);
            Stop = to is null ? Step > 0 ? length : -1 : Inside(Index(to), length, least, most);
            var distance = Step > 0 ? Stop - Start : Start - Stop;
            Count = distance <= 0 ? 0 : (int)((distance - 1) / Math.Abs(Step)) + 1;
        }

        public int Start { get; }

        public int Stop { get; }

        public long Step { get; }

        public int Count { get; }

        public int this[int place] => (int)(Start + place * Step);

        // Far enough in both directions, and its negative is a number too.
        private static long Index(object? value) => Numbers.IsInteger(value)
            ? Math.Clamp(Numbers.Index(value), -long.MaxValue, long.MaxValue)
            : throw new TemplateFault("slice indices must be integers or None or have an __index__ method");

        private static int Inside(long index, int length, int least, int most) => (int)Math.Clamp(index < 0 ? index + length : index, least, most);
    }
}
