using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>What <c>loop</c> is inside a loop.</summary>
/// <param name="statement">The loop.</param>
/// <param name="outer">What lies around it.</param>
/// <param name="items">The elements; looked ahead at only where the body asks.</param>
/// <param name="depth">Calls of the loop around this one.</param>
internal sealed class LoopValue(ForStatement statement, Scope outer, IEnumerable<object?> items, int depth)
{
    private readonly object?[]? _array = items as object?[];
    private readonly IEnumerator<object?>? _source = (items as object?[]) is null ? items.GetEnumerator() : null;
    private readonly List<object?> _seen = [];
    private object?[]? _lastChanged;

    /// <summary>The turn, from 0; -1 before the first.</summary>
    public int Index0 { get; private set; } = -1;

    /// <summary>The turn's element.</summary>
    public object? Current => At(Index0);

    /// <summary>How many elements.</summary>
    public int Count
    {
        get
        {
            if (_array is not null)
            {
                return _array.Length;
            }

            while (Has(_seen.Count))
            {
            }

            return _seen.Count;
        }
    }

    /// <summary>Goes to the next element.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        if (!Has(Index0 + 1))
        {
            return false;
        }

        Index0++;
        return true;
    }

    /// <summary>A member of <c>loop</c>; <see cref="Missing"/> where there is none.</summary>
    public object? Member(string name) => name switch
    {
        "index" => Index0 + 1L,
        "index0" => (long)Index0,
        "revindex" => (long)Count - Index0,
        "revindex0" => (long)Count - Index0 - 1,
        "first" => Index0 == 0,
        "last" => !Has(Index0 + 1),
        "length" => (long)Count,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => Index0 > 0 ? At(Index0 - 1) : Undefined.Because("there is no previous item"),
        "nextitem" => Has(Index0 + 1) ? At(Index0 + 1) : Undefined.Because("there is no next item"),
        "cycle" => new FunctionValue("cycle", (_, values) => values.Positional.Length > 0 ? values.Positional[Index0 % values.Positional.Length] : throw new TemplateFault("no items for cycling given")),
        "changed" => new FunctionValue("changed", (run, values) => Changed(run, values.Positional)),
        _ => Missing.Value,
    };

    /// <summary>The rest of the elements with the loop, as going through <c>loop</c> itself gives them.</summary>
    public IEnumerable<object?> Pairs()
    {
        while (Next())
        {
            yield return new TupleValue([Current, this]);
        }
    }

    /// <summary>Runs the loop's body for other elements.</summary>
    /// <returns>What it prints.</returns>
    /// <exception cref="TemplateFault">The loop is not a recursive one.</exception>
    public object? Recurse(TemplateRun run, Arguments arguments)
    {
        if (!statement.IsRecursive)
        {
            throw new TemplateFault("The loop must have the 'recursive' marker to be called recursively.");
        }

        var children = arguments.Bind("loop", 1, "iterable")[0];
        var before = run.Scope;
        run.Scope = outer;
        var text = run.Capture([new Again(statement, children, depth + 1)]);
        run.Scope = before;
        return text;
    }

    private bool Changed(TemplateRun run, object?[] values)
    {
        var same = _lastChanged is not null && Comparing.AreEqual(run, new TupleValue(_lastChanged), new TupleValue(values));
        _lastChanged = values;
        return !same;
    }

    private object? At(int place) => _array is not null ? _array[place] : _seen[place];

    private bool Has(int place)
    {
        if (_array is not null)
        {
            return place < _array.Length;
        }

        while (_seen.Count <= place && _source!.MoveNext())
        {
            _seen.Add(_source.Current);
        }

        return place < _seen.Count;
    }

    private sealed class Again(ForStatement statement, object? items, int depth) : Statement
    {
        public override Flow Execute(TemplateRun run)
        {
            statement.Turn(run, items, depth);
            return Flow.Next;
        }
    }
}
