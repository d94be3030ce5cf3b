using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>Arguments of a call.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one, in order.</param>
internal readonly record struct Arguments(object?[] Positional, KeyValuePair<string, object?>[] Named)
{
    /// <summary>A call without arguments.</summary>
    public static readonly Arguments None = new([], []);

    /// <summary>Puts the arguments in the order of a function's parameters; one that was not given is <see cref="Missing"/>.</summary>
    /// <param name="function">The function's name, for errors.</param>
    /// <param name="required">How many of the first must be given.</param>
    /// <param name="names">All parameters.</param>
    /// <exception cref="TemplateFault">Too many, too few, or one of another name.</exception>
    public object?[] Bind(string function, int required, params ReadOnlySpan<string> names)
    {
        if (Positional.Length > names.Length)
        {
            throw new TemplateFault($"{function}() takes at most {names.Length} argument(s), came {Positional.Length}");
        }

        var bound = new object?[names.Length];
        Array.Fill(bound, Missing.Value);
        Positional.CopyTo(bound, 0);
        foreach (var (name, value) in Named)
        {
            var place = names.IndexOf(name);
            if (place < 0 || bound[place] is not Missing)
            {
                throw new TemplateFault(place < 0 ? $"{function}() got an unexpected keyword argument '{name}'" : $"{function}() got multiple values for argument '{name}'");
            }

            bound[place] = value;
        }

        var missing = Array.FindIndex(bound, 0, required, value => value is Missing);
        return missing < 0 ? bound : throw new TemplateFault($"{function}() missing 1 required argument: '{names[missing]}'");
    }

    /// <summary>Arguments of a function of Python's own, which takes none by name; one that was not given is <see cref="Missing"/>.</summary>
    /// <param name="function">The function's name, for errors.</param>
    /// <param name="least">How many must be given.</param>
    /// <param name="most">How many can be given.</param>
    /// <exception cref="TemplateFault">Too many, too few, or one with a name.</exception>
    public object?[] Places(string function, int least, int most)
    {
        if (Named.Length > 0 || Positional.Length < least || Positional.Length > most)
        {
            throw new TemplateFault(Named.Length > 0 ? $"{function}() takes no keyword arguments" : $"{function}() takes {least} to {most} arguments, came {Positional.Length}");
        }

        return [.. Positional, .. Enumerable.Repeat(Missing.Value, most - Positional.Length)];
    }

    /// <summary>A bound argument, or what stands for it where it was not given.</summary>
    public static object? Or(object? bound, object? fallback) => bound is Missing ? fallback : bound;

    /// <summary>A bound argument as a whole number.</summary>
    /// <exception cref="TemplateFault">It is none.</exception>
    public static long Int(object? bound, long fallback) => bound is Missing ? fallback : Numbers.Index(bound);

    /// <summary>A bound argument as yes or no.</summary>
    public static bool Flag(object? bound, bool fallback) => bound is Missing ? fallback : Truth.Of(bound);

    /// <summary>The arguments behind the first ones.</summary>
    public Arguments Skip(int count) => this with { Positional = Positional[Math.Min(count, Positional.Length)..] };
}
