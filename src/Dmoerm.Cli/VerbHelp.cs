using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dmoerm.Cli;

/// <summary>The usual help, then the verb's example.</summary>
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
            output.WriteLine("Example:");
            foreach (var line in verb.Example.Split('\n'))
            {
                output.WriteLine($"  {line}");
            }

            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 success, 1 failed, 2 wrong use.");
        return 0;
    }
}
