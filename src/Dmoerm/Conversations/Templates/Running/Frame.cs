namespace Dmoerm.Conversations.Templates.Running;

/// <summary>The names of one part of a template that has a scope of its own, noted while it is read, in the order in which they stand.</summary>
/// <remarks>
/// A name that such a part sets itself hides a variable of that name from the start, unless the part reads it before, sets it under a condition, or lies inside a part that names it: there is nothing
/// under the name until it is set. Jinja has it so, and a loop that stands before the <c>set</c> shows it.
/// </remarks>
/// <param name="outer">The part around it; null for the template and for blocks.</param>
internal sealed class Frame(Frame? outer)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _set = [];
    private string[]? _hidden;
    private int _branches;

    /// <summary>The part around it.</summary>
    public Frame? Outer => outer;

    /// <summary>A name is read, or given from outside.</summary>
    public void Names(string name) => _names.Add(name);

    /// <summary>A name is set.</summary>
    public void Sets(string name)
    {
        if (_names.Add(name) && _branches == 0)
        {
            _set.Add(name);
        }
    }

    /// <summary>A condition begins, or ends.</summary>
    public void Branch(bool isEntered) => _branches += isEntered ? 1 : -1;

    /// <summary>A scope for it, once the whole template was read.</summary>
    /// <param name="run">Counts the names; null for the template itself, which is opened once.</param>
    /// <param name="around">The scope that lies around.</param>
    public Scope Open(TemplateRun? run, Scope around)
    {
        _hidden ??= [.. _set.Where(name => !IsNamedAround(name))];
        run?.Work(_hidden.Length);
        var scope = new Scope(around);
        foreach (var name in _hidden)
        {
            scope.Hide(name);
        }

        return scope;
    }

    private bool IsNamedAround(string name)
    {
        for (var frame = outer; frame is not null; frame = frame.Outer)
        {
            if (frame._names.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
