using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dmoerm.Cli.Terminal;

/// <summary>The usual help, then the verb's details and examples.</summary>
internal sealed class VerbHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb verb)
        {
            if (verb.Details.Length > 0)
            {
                Section(output, "Details:", verb.Details);
            }

            Section(output, "Examples:", verb.Example);
        }

        output.WriteLine("Exit codes: 0 success, 1 failed, 2 wrong use.");
        return 0;
    }

    private static void Section(TextWriter output, string title, string text)
    {
        output.WriteLine(title);
        foreach (var line in text.Split('\n'))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
    }
}
