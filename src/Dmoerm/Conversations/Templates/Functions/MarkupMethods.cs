using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Methods of texts that count as HTML: what they give counts as HTML too, and what is put in is escaped first.</summary>
/// <remarks>Source: what MarkupSafe 3.0.3 answers.</remarks>
internal static class MarkupMethods
{
    /// <summary>A method by name; null where there is none.</summary>
    public static FunctionValue? Find(MarkupValue markup, string name) => TextMethods.Find(name) is not { } method ? null : new FunctionValue(name, (run, arguments) =>
    {
        run.Look(markup.Text);
        return Marked(name switch
        {
            "format" => new BraceFormat(run, arguments, escapes: true).Apply(markup.Text),
            "format_map" => new BraceFormat(run, BraceFormat.Fields(arguments), escapes: true).Apply(markup.Text),
            "join" => TextMethods.Join(run, markup.Text, [.. run.Array(arguments.Places(name, 1, 1)[0]).Select(item => (object?)Escaped(run, item))]),
            // Of these the second argument is put in.
            "replace" or "center" or "ljust" or "rjust" when arguments.Positional is [var first, var second, .. var rest] =>
                method(run, markup.Text, arguments with { Positional = [first, Escaped(run, second), .. rest] }),
            _ => method(run, markup.Text, arguments),
        });
    });

    /// <summary>A value as HTML.</summary>
    public static MarkupValue Escaped(TemplateRun run, object? value)
    {
        if (value is MarkupValue markup)
        {
            return markup;
        }

        var text = Printing.Text(run, value);
        run.Charge(6L * text.Length);
        return new MarkupValue(MarkupValue.Escape(text));
    }

    private static object? Marked(object? value) => value switch
    {
        string text => new MarkupValue(text),
        SequenceValue sequence => sequence.With([.. sequence.Items.Select(Marked)]),
        _ => value,
    };
}
