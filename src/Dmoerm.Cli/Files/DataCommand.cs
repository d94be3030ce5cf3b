using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data;
using Dmoerm.Data.Texts;

namespace Dmoerm.Cli.Files;

/// <summary><c>dmoerm data</c>: what can be done with preference files before anything is trained.</summary>
internal static class DataCommand
{
    /// <summary>The verb with its three verbs.</summary>
    public static Command Create(CommandStreams streams) => new Verb(
        "data",
        "Looks through preference files, converts them, splits them.",
        "dmoerm data check answers.jsonl --against test.jsonl\n"
        + "dmoerm data convert answers.parquet --output answers.jsonl\n"
        + "dmoerm data split answers.jsonl --parts train=0.8,dev=0.1,test=0.1 --output parts/",
        "'dmoerm data check --help' and so on say more. Files stream: a million rows need less than 2 GiB of memory.")
    {
        CheckCommand.Create(streams),
        ConvertCommand.Create(streams),
        SplitCommand.Create(streams),
    };

    /// <summary>Files of preference rows, one or more.</summary>
    /// <param name="purpose">What they are for; empty where the verb says it.</param>
    public static Argument<string[]> Files(string purpose = "")
    {
        var files = new Argument<string[]>("FILE") { Description = $"Preference files{purpose}: JSON lines, JSON, CSV, TSV (plain or .gz) or Parquet; or data of the hub: org/name[@revision][:config/split].", Arity = ArgumentArity.OneOrMore };
        // A misspelt option would else be one more file.
        files.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { Value: var option } && result.Parent is CommandResult { Command: var verb })
            {
                result.AddError($"'{option}' is not known here (nearest: '{NearestName.Of(option, verb.Options.Select(known => known.Name))}').");
            }
        });
        return files;
    }

    /// <summary>How their rows are written.</summary>
    public static Option<string?> Format()
    {
        var format = new Option<string?>("--format") { Description = $"How the rows are written: {string.Join(", ", PreferenceReader.Formats)}. Default: recognised.", HelpName = "NAME" };
        format.AcceptOnlyFromAmong([.. PreferenceReader.Formats]);
        return format;
    }

    /// <summary>Reads <c>--gap</c> by hand: numbers of a command line are not those of the user's language settings.</summary>
    public static double ParseGap(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var gap) && gap >= 0 && double.IsFinite(gap))
        {
            return gap;
        }

        result.AddError($"--gap must be a number of at least 0, not '{result.Tokens[0].Value}'.");
        return 0;
    }

    /// <summary>Which end of ranks is best.</summary>
    public static Option<string?> Order()
    {
        var order = new Option<string?>("--rank-order") { Description = "For formats with ranks: lowest or highest is best. Default: lowest.", HelpName = "lowest|highest" };
        order.AcceptOnlyFromAmong("lowest", "highest");
        return order;
    }

    /// <summary>The same as recipes say it.</summary>
    public static RankOrder? OrderOf(string? order) => order switch
    {
        null => null,
        "lowest" => RankOrder.LowerIsBetter,
        _ => RankOrder.HigherIsBetter,
    };

    /// <summary>Refuses files that are not there, before anything is read.</summary>
    /// <exception cref="UsageException">One does not exist.</exception>
    public static void CheckExist(IEnumerable<string> files)
    {
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new UsageException($"{missing}: no such file; preference rows were expected there.");
        }
    }
}
