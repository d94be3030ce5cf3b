using System.Text;

namespace Dmoerm.Cli.Terminal;

/// <summary>What a verb reads and writes: results go to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed record CommandStreams
{
    /// <summary>Standard input as bytes, so that the reader decides what broken text means.</summary>
    public required Stream In { get; init; }

    /// <summary>Results only: what a pipe reads.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes, errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>A person watches <see cref="Error"/>: bars may move.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>A person watches <see cref="Out"/>.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>A person types <see cref="In"/>.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Set by the first Ctrl-C; verbs look at it between steps. The second one ends the process.</summary>
    public CancellationToken Stopped { get; init; }

    /// <summary>The streams of this process: UTF-8 without a byte order mark, lines end in a line feed.</summary>
    public static CommandStreams OfProcess(CancellationToken stopped) => new()
    {
        In = Console.OpenStandardInput(),
        Out = Writer(Console.OpenStandardOutput()),
        Error = Writer(Console.OpenStandardError()),
        ErrorIsTerminal = !Console.IsErrorRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        InIsTerminal = !Console.IsInputRedirected,
        Stopped = stopped,
    };

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
}
