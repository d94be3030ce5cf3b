using System.CommandLine;
using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data.Splits;

namespace Dmoerm.Cli.Files;

/// <summary><c>dmoerm data split</c>: files cut into parts that share no unit.</summary>
internal sealed class SplitCommand
{
    private readonly Argument<string[]> _files = DataCommand.Files();

    private readonly Option<string> _parts = new("--parts") { Description = "The parts and their shares of the units, such as train=0.8,dev=0.1,test=0.1; shares are taken by their sum.", HelpName = "NAME=SHARE,...", Required = true };

    private readonly Option<string> _output = new("--output", "-o") { Description = "A folder (one that exists, or a path that ends in /) for NAME.jsonl of each part, or what their names begin with: PREFIX-NAME.jsonl.", HelpName = "FOLDER|PREFIX", Required = true };

    private readonly Option<string> _groupBy = new("--group-by") { Description = "What no cut goes through: prompt, responses (each text alone), or a text field of the rows.", HelpName = "RULE", DefaultValueFactory = _ => "prompt" };

    private readonly Option<long> _seed = new("--seed") { Description = "Another seed, another deal. The order of rows has no say.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<string?> _format = DataCommand.Format();

    private readonly CommandStreams _streams;

    private SplitCommand(CommandStreams streams) => _streams = streams;

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var split = new SplitCommand(streams);
        var verb = new Verb(
            "split",
            "Cuts preference files into parts that share no prompt, no text or no topic.",
            "dmoerm data split answers.jsonl --parts train=0.8,dev=0.1,test=0.1 --output parts/\n"
            + "dmoerm data split jokes.jsonl --group-by responses --parts train=9,test=1 --output jokes",
            """
            Near-duplicates (as in training) stay together. With prompts or a field as units, rows go to their part exactly as they stand, in their own format; rows of tables in ours.
            With responses as units every text is dealt alone: rows are cut to each part's texts and written in our own format, comparisons between parts are left out and counted.
            Parts are compressed (.jsonl.gz) where all FILEs are. No existing file is written over.
            """)
        { split._files, split._parts, split._output, split._groupBy, split._seed, split._format };
        verb.SetAction(split.Run);
        return verb;
    }

    private int Run(ParseResult arguments)
    {
        var parts = ParseParts(arguments.GetRequiredValue(_parts));
        var files = Downloads.Paths(_streams, arguments.GetRequiredValue(_files));
        DataCommand.CheckExist(files);
        var paths = Paths(arguments.GetRequiredValue(_output), [.. parts.Select(part => part.Name)], files.All(file => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)));
        if (paths.FirstOrDefault(File.Exists) is { } taken)
        {
            throw new UsageException($"{taken} exists already; split writes over no file: choose another --output.");
        }

        var split = FileSplit.Plan(files, arguments.GetValue(_format), arguments.GetRequiredValue(_groupBy), [.. parts.Select(part => part.Share)], arguments.GetValue(_seed), _streams.Stopped);
        Write(split, paths);
        var table = new TextTable("part", "units", "rows", "comparisons", "file");
        for (var part = 0; part < parts.Count; part++)
        {
            table.Add(parts[part].Name, Count(split.Units[part]), Count(split.Rows[part]), Count(split.Comparisons[part]), paths[part]);
        }

        table.Write(_streams.Out);
        _streams.Out.WriteLine($"Comparisons between parts, left out: {Count(split.LeftOut)}.{(split.DroppedRows > 0 ? $" Rows of which nothing is left: {Count(split.DroppedRows)}." : "")}");
        return 0;
    }

    private static void Write(FileSplit split, string[] paths)
    {
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        var outputs = new List<OutputFile>();
        try
        {
            outputs.AddRange(paths.Select(path => new OutputFile(path)));
            foreach (var (part, line) in split.Lines())
            {
                outputs[part].Writer.WriteLine(line);
            }

            split.CheckFilled();
            foreach (var output in outputs)
            {
                output.Complete();
            }
        }
        finally
        {
            foreach (var output in outputs)
            {
                output.Dispose();
            }
        }
    }

    private static string[] Paths(string output, string[] names, bool zipped)
    {
        var ending = zipped ? ".jsonl.gz" : ".jsonl";
        var isFolder = Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        return [.. names.Select(name => isFolder ? Path.Combine(output, name + ending) : $"{output}-{name}{ending}")];
    }

    private static List<(string Name, double Share)> ParseParts(string text)
    {
        var parts = new List<(string Name, double Share)>();
        foreach (var part in text.Split(','))
        {
            var name = part.Split('=')[0].Trim();
            var fits = name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
            if (!fits || !double.TryParse(part[(part.IndexOf('=') + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || !(share > 0 && double.IsFinite(share)))
            {
                throw new UsageException($"--parts: expected NAME=SHARE with a name of letters, digits, '-' and '_' and a share above 0, came '{part}'.");
            }

            if (parts.Exists(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new UsageException($"--parts: expected each name once, came '{name}' again.");
            }

            parts.Add((name, share));
        }

        return parts.Count > 1 ? parts : throw new UsageException($"--parts: expected at least two parts, came '{text}'.");
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
