using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>What parsing finds out besides the tree.</summary>
internal sealed class ParseNotes
{
    private readonly List<TemplateFault> _open = [];
    private readonly List<TemplateFault> _certain = [];
    private readonly Stack<MacroNames> _macros = new();

    /// <summary>The template names <c>strftime_now</c>.</summary>
    public bool ReadsClock { get; private set; }

    /// <summary>The part with a scope of its own that is being read.</summary>
    public Frame Frame { get; private set; } = new(null);

    /// <summary>How many faults stand there that a condition may still forgive.</summary>
    public int Mark => _open.Count;

    /// <summary>A filter or a test that does not exist: an error, unless it stands in a condition's reach, where it may be left out at run time.</summary>
    public void Unknown(string message, int line) => _open.Add(new TemplateFault(message, line: line));

    /// <summary>Forgives what was noted since a mark.</summary>
    public void Forgive(int mark) => _open.RemoveRange(mark, _open.Count - mark);

    /// <summary>What was noted since a mark stands, whatever lies around it: conditions do not reach into loops and macros.</summary>
    public void Settle(int mark)
    {
        _certain.AddRange(_open.Skip(mark));
        Forgive(mark);
    }

    /// <summary>A name is read.</summary>
    public void Reads(string name)
    {
        ReadsClock |= name == "strftime_now";
        Frame.Names(name);
        foreach (var macro in _macros)
        {
            macro.Reads(name);
        }
    }

    /// <summary>A name is what a value will be given to.</summary>
    public void Targets(string name)
    {
        foreach (var macro in _macros)
        {
            macro.Targets(name);
        }
    }

    /// <summary>Reads a part that has a scope of its own.</summary>
    /// <param name="read">Reads it.</param>
    /// <param name="given">Names that it is given from outside.</param>
    /// <param name="isBlock">It sees nothing of what lies around.</param>
    public (T Part, Frame Frame) Inside<T>(Func<T> read, IEnumerable<string>? given = null, bool isBlock = false)
    {
        var outer = Frame;
        var frame = new Frame(isBlock ? null : outer);
        foreach (var name in given ?? [])
        {
            frame.Names(name);
        }

        Frame = frame;
        var part = read();
        Frame = outer;
        return (part, frame);
    }

    /// <summary>Reads something that belongs to the part around.</summary>
    public T Around<T>(Func<T> read)
    {
        var inner = Frame;
        Frame = inner.Outer!;
        var part = read();
        Frame = inner;
        return part;
    }

    /// <summary>A macro's body begins.</summary>
    public void EnterMacro() => _macros.Push(new MacroNames());

    /// <summary>A macro's body ends.</summary>
    /// <returns>Which of the names that macros are given it reads.</returns>
    public IReadOnlySet<string> LeaveMacro() => _macros.Pop().Read;

    /// <summary>Fails on the first fault that no condition forgave.</summary>
    public void Check()
    {
        if (_open.Concat(_certain).MinBy(fault => fault.Line) is { } first)
        {
            throw first;
        }
    }

    // One that is set before it is read is the macro's own.
    private sealed class MacroNames
    {
        private readonly HashSet<string> _given = new(["caller", "kwargs", "varargs"], StringComparer.Ordinal);

        public HashSet<string> Read { get; } = new(StringComparer.Ordinal);

        public void Reads(string name)
        {
            if (_given.Contains(name))
            {
                Read.Add(name);
            }
        }

        public void Targets(string name) => _given.Remove(name);
    }
}
