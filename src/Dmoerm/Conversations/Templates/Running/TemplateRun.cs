using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Running;

/// <summary>One rendering: where it stands, what it has printed, what it has used up.</summary>
internal sealed class TemplateRun
{
    private readonly List<(int Start, int End)> _spans = [];
    private StringBuilder _output = new();
    private int _captures;
    private long _steps;
    private long _made;
    private int _depth;

    /// <summary>Begins one.</summary>
    /// <param name="root">The template's own level, with the variables that it is given.</param>
    /// <param name="date">What <c>strftime_now</c> reads; null refuses it.</param>
    public TemplateRun(Scope root, DateTime? date) => (Root, Scope, Date) = (root, root, date);

    /// <summary>The template's own level.</summary>
    public Scope Root { get; }

    /// <summary>What <c>strftime_now</c> reads; null refuses it.</summary>
    public DateTime? Date { get; }

    /// <summary>Where names are looked up.</summary>
    public Scope Scope { get; set; }

    /// <summary>1-based line that is being rendered.</summary>
    public int Line { get; set; }

    /// <summary>Bodies of <c>block</c> tags by name, for <c>self</c>.</summary>
    public required IReadOnlyDictionary<string, Statements.BlockStatement> Blocks { get; init; }

    /// <summary>The value of <c>self</c>, once it was asked for.</summary>
    public HelperValue? Self { get; set; }

    /// <summary>Places of the text of <c>generation</c> tags in what was printed, in UTF-16 units.</summary>
    public IReadOnlyList<(int Start, int End)> Spans => _spans;

    /// <summary>What was printed.</summary>
    public string Text => _output.ToString();

    /// <summary>Counts a step and a level; <see cref="Leave"/> ends the level.</summary>
    /// <exception cref="TemplateFault">Too many of either.</exception>
    public void Enter()
    {
        if (++_steps > TemplateLimits.Steps)
        {
            throw TooManySteps();
        }

        if (++_depth > TemplateLimits.Depth)
        {
            throw new TemplateFault($"more than {TemplateLimits.Depth} expressions and macros inside each other; does a macro call itself without end?");
        }
    }

    /// <summary>Ends a level.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts steps.</summary>
    public void Work(long steps)
    {
        if ((_steps += steps) > TemplateLimits.Steps)
        {
            throw TooManySteps();
        }
    }

    /// <summary>Counts the looking for one text in another.</summary>
    public void Search(int text, int wanted) => Work(1 + (long)text * Math.Max(1, wanted) / 256);

    /// <summary>Counts the looking through of a value, where it is a text.</summary>
    public void Look(object? value)
    {
        if (value is string { Length: >= 256 } text)
        {
            Work(text.Length / 256);
        }
    }

    /// <summary>Counts characters before they are made.</summary>
    /// <exception cref="TemplateFault">Too many in all.</exception>
    public void Charge(long characters)
    {
        // A count below 0 has overflown.
        if (characters is < 0 or > TemplateLimits.Made || (_made += characters) > TemplateLimits.Made)
        {
            throw new TemplateFault($"the template makes more than {TemplateLimits.Made} characters and list elements, which is the limit");
        }
    }

    /// <summary>Counts elements of a list before it is made.</summary>
    public void ChargeItems(long count)
    {
        // Not even the product may overflow.
        Charge(Math.Min(count, TemplateLimits.Made) * 8);
        Work(count);
    }

    /// <summary>Prints.</summary>
    public void Write(string text)
    {
        Charge(text.Length);
        _output.Append(text);
    }

    /// <summary>Prints what must be a text already, as Jinja has it behind <c>filter</c> and <c>call</c> tags.</summary>
    /// <exception cref="TemplateFault">It is none.</exception>
    public void WriteText(object? value) => Write(PythonText.TryGet(value, out var text) ? text : throw new TemplateFault($"expected a text to print, {TypeNames.Of(value)} found"));

    /// <summary>What a body prints, as a text.</summary>
    public string Capture(Statements.Statement[] body)
    {
        var kept = _output;
        _output = new StringBuilder();
        _captures++;
        Statements.Statement.Run(body, this);
        var text = _output.ToString();
        (_output, _captures) = (kept, _captures - 1);
        return text;
    }

    /// <summary>Runs a body in a scope of its own inside the current one.</summary>
    public void Inside((Statements.Statement[] Part, Frame Frame) body)
    {
        var outer = Scope;
        Scope = body.Frame.Open(this, outer);
        Statements.Statement.Run(body.Part, this);
        Scope = outer;
    }

    /// <summary>Runs a body whose place in the text is noted, unless the text is not printed yet.</summary>
    public void Mark((Statements.Statement[] Part, Frame Frame) body)
    {
        var start = _output.Length;
        Inside(body);
        if (_captures == 0)
        {
            _spans.Add((start, _output.Length));
        }
    }

    /// <summary>The elements of a value, each of which is a step.</summary>
    /// <exception cref="TemplateFault">The value has no elements.</exception>
    public IEnumerable<object?> Items(object? value)
    {
        // The check stands outside of the iterator, so that it is made at once.
        var items = Iteration.Of(value);
        return Counted(items);
    }

    /// <summary>The elements of a value as an array, which may be the value's own.</summary>
    public object?[] Array(object? value)
    {
        if (value is SequenceValue { Items: var own })
        {
            Work(own.Length);
            return own;
        }

        var list = new List<object?>();
        foreach (var item in Items(value))
        {
            Charge(8);
            list.Add(item);
        }

        return [.. list];
    }

    private IEnumerable<object?> Counted(IEnumerable<object?> items)
    {
        // Iterators on iterators run inside each other, so each is a level.
        using var source = items.GetEnumerator();
        while (true)
        {
            Enter();
            var isThere = source.MoveNext();
            Leave();
            if (!isThere)
            {
                yield break;
            }

            yield return source.Current;
        }
    }

    private static TemplateFault TooManySteps() => new($"the template takes more than {TemplateLimits.Steps} steps, which is the limit; does it loop?");
}
