using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>Something that a template can call: a global function, or a method of a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Call">What it does.</param>
/// <param name="Shown">What it prints; null where that would be its address in Python's memory.</param>
internal sealed record FunctionValue(string Name, Func<TemplateRun, Arguments, object?> Call, string? Shown = null);

/// <summary>A function whose state is kept between calls, with members of its own: <c>cycler</c> and <c>joiner</c>.</summary>
/// <param name="TypeName">What made it.</param>
/// <param name="Call">What calling it does; null where it cannot be called.</param>
/// <param name="Member">Its members by name; <see cref="Missing"/> where there is none.</param>
internal sealed record HelperValue(string TypeName, Func<object?>? Call, Func<string, object?> Member);
