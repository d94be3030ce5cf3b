using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>What a name or a member is that does not exist: prints nothing, is false, and cannot be used otherwise.</summary>
internal sealed class Undefined
{
    private readonly object? _owner;
    private readonly object? _key;
    private readonly string? _hint;

    private Undefined(object? owner, object? key, string? hint) => (_owner, _key, _hint) = (owner, key, hint);

    /// <summary>It stands for a name that is set later, see <see cref="Frame"/>.</summary>
    public bool IsHidden { get; private init; }

    /// <summary>Why there is nothing.</summary>
    public string Message => _hint
        ?? (_owner is Missing ? $"'{_key}' is undefined"
            : _key is string name ? $"'{OwnerType}' has no attribute '{name}'"
            : $"{OwnerType} has no element {Printing.Short(_key)}");

    private string OwnerType => _owner is null ? "None" : TypeNames.Of(_owner) + " object";

    /// <summary>A name that has no value.</summary>
    public static Undefined Name(string name, bool isHidden = false) => new(Missing.Value, name, null) { IsHidden = isHidden };

    /// <summary>A member that an object has not.</summary>
    public static Undefined Member(object? owner, object? key) => new(owner, key, null);

    /// <summary>Anything else, with its reason.</summary>
    public static Undefined Because(string hint) => new(null, null, hint);

    /// <summary>A member that exists in Python and that templates must not touch.</summary>
    public static Undefined Unsafe(object? owner, string name) => Because($"access to attribute '{name}' of '{TypeNames.Of(owner)}' object is unsafe.");

    /// <summary>The error of using it.</summary>
    public TemplateFault Fault() => new(Message);
}

/// <summary>An argument that was not given.</summary>
internal sealed class Missing
{
    /// <summary>The only one.</summary>
    public static readonly Missing Value = new();

    private Missing()
    {
    }
}
