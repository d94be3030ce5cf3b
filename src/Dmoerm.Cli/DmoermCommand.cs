using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Dmoerm.Cli.Demo;
using Dmoerm.Cli.Drafts;
using Dmoerm.Cli.Evaluating;
using Dmoerm.Cli.Exchange;
using Dmoerm.Cli.Files;
using Dmoerm.Cli.Inspecting;
using Dmoerm.Cli.Runs;
using Dmoerm.Cli.Scoring;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data.Texts;

namespace Dmoerm.Cli;

/// <summary>The root of the command line.</summary>
public static class DmoermCommand
{
    /// <summary>Parses the arguments and runs the verb they name. The first Ctrl-C asks the verb to stop, the second ends the process.</summary>
    /// <returns>0 success, 1 failed, 2 wrong use.</returns>
    public static int Run(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return Run(args, CommandStreams.OfProcess(stop.Token));

        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>The same on given streams.</summary>
    internal static int Run(string[] args, CommandStreams streams)
    {
        var root = Root(streams);
        if (args.Length == 0)
        {
            root.Parse("--help").Invoke(new() { Output = streams.Error });
            return 2;
        }

        var result = root.Parse(args);
        if (result.Errors.Count > 0 && result.Action is not VerbHelp)
        {
            streams.Error.WriteLine($"error: {WrongUse(result)}");
            streams.Error.WriteLine($"See: {CommandLine(result)} --help");
            return 2;
        }

        try
        {
            return result.Invoke(new() { Output = streams.Out, Error = streams.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            return Failure.Report(exception, streams.Error);
        }
    }

    private static Command Root(CommandStreams streams) => new("dmoerm", "Train, judge and use mixture-of-experts reward models: rewards that say which of several answers people prefer, and why.")
    {
        new HelpOption { Recursive = true, Action = new VerbHelp() },
        new VersionOption(),
        // One line per verb, in the order in which a newcomer needs them.
        DemoCommand.Create(streams),
        DataCommand.Create(streams),
        InitCommand.Create(streams),
        TrainCommand.Create(streams),
        EvalCommand.Create(streams),
        ScoreCommand.Create(streams),
        InspectCommand.Create(streams),
        ExportCommand.Create(streams),
        ImportCommand.Create(streams),
        CleanCommand.Create(streams),
    };

    // One sentence: what follows from the first mistake is no news.
    private static string WrongUse(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (result.UnmatchedTokens is not [var token, ..])
        {
            return result.Errors[0].Message;
        }

        var known = token.StartsWith('-') ? command.Options.SelectMany(option => option.Aliases.Append(option.Name)) : command.Subcommands.Select(verb => verb.Name);
        return NearestName.Of(token, known) is { } nearest
            ? $"'{token}' is not known here (nearest: '{nearest}')."
            : $"'{token}' is one argument too many.";
    }

    private static string CommandLine(ParseResult result)
    {
        var words = new List<string>();
        for (SymbolResult? part = result.CommandResult; part is CommandResult { Command: Verb verb }; part = part.Parent)
        {
            words.Insert(0, verb.Name);
        }

        return string.Join(' ', words.Prepend("dmoerm"));
    }
}
