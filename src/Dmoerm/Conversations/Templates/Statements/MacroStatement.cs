using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>What a macro is made of.</summary>
/// <param name="Name">Its name; null for the body of a <c>call</c> tag.</param>
/// <param name="Parameters">Names, interned, with defaults where they have one.</param>
/// <param name="Body">What it prints.</param>
/// <param name="UsesVarargs">It reads <c>varargs</c>, so it takes more arguments than it has parameters.</param>
/// <param name="UsesKwargs">It reads <c>kwargs</c>, so it takes arguments of other names.</param>
/// <param name="UsesCaller">It reads <c>caller</c>, so it may be called with a body.</param>
internal sealed record MacroDefinition(string? Name, (string Name, Expression? Default)[] Parameters, (Statement[] Part, Frame Frame) Body, bool UsesVarargs, bool UsesKwargs, bool UsesCaller);

/// <summary><c>macro</c>: gives a name a text that is made when it is called.</summary>
internal sealed class MacroStatement(MacroDefinition definition) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Charge(8);
        run.Scope.Set(definition.Name!, new MacroValue(definition, run.Scope));
        return Flow.Next;
    }
}

/// <summary><c>call</c>: calls a macro with a body that it can print.</summary>
internal sealed class CallStatement(CallExpression call, MacroDefinition body, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Line = line;
        run.WriteText(call.Call(run, new MacroValue(body, run.Scope)));
        return Flow.Next;
    }
}

/// <summary>A macro that can be called: it sees the names of the place where it is written.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope outer)
{
    private static readonly string Varargs = string.Intern("varargs");
    private static readonly string Kwargs = string.Intern("kwargs");
    private static readonly string Caller = string.Intern("caller");

    /// <summary>Its name.</summary>
    public string? Name => definition.Name;

    /// <summary>A member of the macro; <see cref="Missing"/> where there is none.</summary>
    public object? Member(string name) => name switch
    {
        "name" => definition.Name,
        "arguments" => new TupleValue([.. definition.Parameters.Select(parameter => parameter.Name)]),
        "catch_kwargs" => definition.UsesKwargs,
        "catch_varargs" => definition.UsesVarargs,
        "caller" => definition.UsesCaller,
        "explicit_caller" => definition.Parameters.Any(parameter => parameter.Name == Caller),
        _ => Missing.Value,
    };

    /// <summary>What it prints.</summary>
    /// <exception cref="TemplateFault">It has no such parameters.</exception>
    public object? Call(TemplateRun run, Arguments arguments)
    {
        var before = run.Scope;
        var scope = definition.Body.Frame.Open(run, outer);
        run.Charge(8 * (1 + definition.Parameters.Length));
        run.Scope = scope;
        var rest = arguments.Named.ToList();
        TakeCaller(scope, rest);
        for (var place = 0; place < definition.Parameters.Length; place++)
        {
            scope.Set(definition.Parameters[place].Name, Value(run, place, arguments.Positional, rest));
        }

        TakeRest(scope, arguments.Positional, rest);
        var text = run.Capture(definition.Body.Part);
        run.Scope = before;
        return text;
    }

    private object? Value(TemplateRun run, int place, object?[] positional, List<KeyValuePair<string, object?>> named)
    {
        var (name, fallback) = definition.Parameters[place];
        if (place < positional.Length)
        {
            return positional[place];
        }

        var given = named.FindIndex(argument => argument.Key == name);
        if (given >= 0)
        {
            var value = named[given].Value;
            named.RemoveAt(given);
            return value;
        }

        return fallback is null ? Undefined.Because($"parameter '{name}' was not provided") : fallback.Evaluate(run);
    }

    private void TakeCaller(Scope scope, List<KeyValuePair<string, object?>> named)
    {
        if (!definition.UsesCaller || definition.Parameters.Any(parameter => parameter.Name == Caller))
        {
            return;
        }

        var given = named.FindIndex(argument => argument.Key == Caller);
        scope.Set(Caller, given < 0 ? Undefined.Because("No caller defined") : named[given].Value);
        if (given >= 0)
        {
            named.RemoveAt(given);
        }
    }

    private void TakeRest(Scope scope, object?[] positional, List<KeyValuePair<string, object?>> named)
    {
        var count = definition.Parameters.Length;
        if (definition.UsesVarargs)
        {
            scope.Set(Varargs, new TupleValue(positional.Length > count ? positional[count..] : []));
        }
        else if (positional.Length > count)
        {
            throw new TemplateFault($"macro '{definition.Name}' takes not more than {count} argument(s)");
        }

        if (definition.UsesKwargs)
        {
            scope.Set(Kwargs, new DictValue([.. named.Select(argument => new KeyValuePair<object, object?>(argument.Key, argument.Value))]));
        }
        else if (named.Count > 0)
        {
            throw new TemplateFault($"macro '{definition.Name}' takes no keyword argument '{named[0].Key}'");
        }
    }
}
