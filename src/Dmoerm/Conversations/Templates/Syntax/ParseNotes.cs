using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>What parsing finds out besides the tree.</summary>
internal sealed class ParseNotes
{
    private readonly List<TemplateFault> _open = [];
    private readonly List<TemplateFault> _certain = [];
    private readonly Stack<HashSet<string>> _macros = new();

    /// <summary>The template names <c>strftime_now</c>.</summary>
    public bool ReadsClock { get; private set; }

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
        foreach (var names in _macros)
        {
            names.Add(name);
        }
    }

    /// <summary>A macro begins.</summary>
    public void EnterMacro() => _macros.Push(new(StringComparer.Ordinal));

    /// <summary>A macro ends.</summary>
    /// <returns>The names that it reads.</returns>
    public IReadOnlySet<string> LeaveMacro() => _macros.Pop();

    /// <summary>Fails on the first fault that no condition forgave.</summary>
    public void Check()
    {
        if (_open.Concat(_certain).MinBy(fault => fault.Line) is { } first)
        {
            throw first;
        }
    }
}
