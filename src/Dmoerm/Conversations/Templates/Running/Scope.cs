using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Running;

/// <summary>Names and their values at one place of a template; a name that is not here is looked for around it.</summary>
/// <remarks>Names are interned, so that a look-up compares references: scopes are small, and a loop makes one per turn.</remarks>
/// <param name="outer">What lies around; null for the template's own level.</param>
internal sealed class Scope(Scope? outer)
{
    // From this many names on hashing is faster.
    private const int Many = 16;
    private Dictionary<string, int>? _places;
    private string[] _names = new string[4];
    private object?[] _values = new object?[4];
    private int _count;

    /// <summary>Looks a name up, here and around.</summary>
    /// <param name="name">An interned name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>False where it is not defined.</returns>
    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            var place = scope.IndexOf(name);
            if (place >= 0)
            {
                value = scope._values[place];
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Gives a name a value here; one of the same name around is left alone.</summary>
    /// <param name="name">An interned name.</param>
    /// <param name="value">Its value.</param>
    public void Set(string name, object? value)
    {
        var place = IndexOf(name);
        if (place < 0)
        {
            if (_count == _names.Length)
            {
                Array.Resize(ref _names, 2 * _count);
                Array.Resize(ref _values, 2 * _count);
            }

            place = _count++;
            _names[place] = name;
            _places?.Add(name, place);
            _places ??= _count == Many ? _names[.._count].Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal) : null;
        }

        _values[place] = value;
    }

    /// <summary>Has nothing under a name, whatever lies under it around.</summary>
    /// <param name="name">An interned name.</param>
    public void Hide(string name) => Set(name, Undefined.Name(name, isHidden: true));

    /// <summary>A scope of the same names without those that are hidden.</summary>
    public Scope Shown()
    {
        var shown = new Scope(outer);
        for (var place = 0; place < _count; place++)
        {
            if (_values[place] is not Undefined { IsHidden: true })
            {
                shown.Set(_names[place], _values[place]);
            }
        }

        return shown;
    }

    private Scope? Outer => outer;

    private int IndexOf(string name)
    {
        if (_places is not null)
        {
            return _places.TryGetValue(name, out var known) ? known : -1;
        }

        for (var place = 0; place < _count; place++)
        {
            if (ReferenceEquals(_names[place], name))
            {
                return place;
            }
        }

        return -1;
    }
}
