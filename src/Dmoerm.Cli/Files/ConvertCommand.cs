using System.CommandLine;
using System.Globalization;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Files;

/// <summary><c>dmoerm data convert</c>: rows of any known format as our own, or as TRL's.</summary>
internal sealed class ConvertCommand
{
    private readonly Argument<string[]> _files = DataCommand.Files();

    private readonly Option<string> _output = new("--output", "-o") { Description = "Where the rows go: a file (.jsonl, or .jsonl.gz for a compressed one) that appears when all are written, or - for standard output.", HelpName = "FILE|-", Required = true };

    private readonly Option<string> _to = new("--to")
    {
        Description = "dmoerm: our own rows, one per row read. trl: prompt, chosen, rejected as messages, one per comparison with a preference.",
        HelpName = "dmoerm|trl",
        DefaultValueFactory = _ => RowConversion.Own,
    };

    private readonly Option<string?> _format = DataCommand.Format();

    private readonly Option<double> _gap = new("--gap") { Description = "With --to trl: scores that differ by at least this are a comparison. Default: any difference.", HelpName = "X", CustomParser = DataCommand.ParseGap };

    private readonly Option<string?> _order = DataCommand.Order();

    private readonly CommandStreams _streams;

    private ConvertCommand(CommandStreams streams)
    {
        _streams = streams;
        _to.AcceptOnlyFromAmong(RowConversion.Own, RowConversion.Trl);
        _output.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }] && path != "-" && !path.StartsWith("/dev/", StringComparison.Ordinal) && !IsJsonLines(path))
            {
                result.AddError($"--output must end in .jsonl or .jsonl.gz, or be -, not '{path}'.");
            }
        });
    }

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var convert = new ConvertCommand(streams);
        var verb = new Verb(
            "convert",
            "Writes preference rows of any known format as our own rows, or as TRL's.",
            "dmoerm data convert answers.jsonl --output rows.jsonl.gz\n"
            + "dmoerm data convert rows.jsonl --to trl --output - | head -1",
            """
            Our own rows keep prompts, responses, scores, capability labels, stated comparisons and text fields; reason codes become comparisons of their name.
            TRL's rows hold plain preferences: ties, capability labels and weights are left out, a probability becomes a preference for the likelier side.
            What is left out is counted on standard error.
            """)
        { convert._files, convert._output, convert._to, convert._format, convert._gap, convert._order };
        verb.SetAction(convert.Run);
        return verb;
    }

    /// <summary>The path's ending is that of JSON lines.</summary>
    internal static bool IsJsonLines(string path) =>
        path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase);

    private int Run(ParseResult arguments)
    {
        var (files, output) = (Downloads.Paths(_streams, arguments.GetRequiredValue(_files)), arguments.GetRequiredValue(_output));
        DataCommand.CheckExist(files);
        if (files.Any(file => Path.GetFullPath(file) == Path.GetFullPath(output)))
        {
            throw new UsageException($"{output} is read; --output needs another file.");
        }

        using var file = output == "-" ? null : new OutputFile(output);
        var conversion = new RowConversion(arguments.GetValue(_to)!, arguments.GetValue(_gap), DataCommand.OrderOf(arguments.GetValue(_order)));
        foreach (var line in files.SelectMany(path => conversion.Lines(path, arguments.GetValue(_format), report => _streams.Error.WriteLine(report))))
        {
            _streams.Stopped.ThrowIfCancellationRequested();
            (file?.Writer ?? _streams.Out).WriteLine(line);
        }

        if (conversion.Written == 0)
        {
            throw new InvalidDataException($"{string.Join(", ", files)}: expected rows with a preference, came none in {conversion.Rows} rows; nothing was written.");
        }

        file?.Complete();
        _streams.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{conversion.Rows} rows read, {conversion.Written} written."));
        foreach (var (what, count) in conversion.LeftOut)
        {
            _streams.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {count}"));
        }

        return 0;
    }
}
