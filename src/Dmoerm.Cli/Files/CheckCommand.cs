using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data.Checks;

namespace Dmoerm.Cli.Files;

/// <summary><c>dmoerm data check</c>: what is in preference files, and what deserves a look.</summary>
internal sealed class CheckCommand
{
    private static readonly JsonSerializerOptions JsonFormat = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly Argument<string[]> _files = DataCommand.Files();

    private readonly Option<string?> _format = DataCommand.Format();

    private readonly Option<string[]> _against = new("--against")
    {
        Description = "Files of the other split (such as test): prompts and responses that stand in both are findings.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _category = new("--category") { Description = "Look at rows of this category and at rows without one. Default: all.", HelpName = "NAME" };

    private readonly Option<double> _gap = new("--gap")
    {
        Description = "Scores that differ by at least this are a comparison. Default: any difference.",
        HelpName = "X",
        CustomParser = DataCommand.ParseGap,
    };

    private readonly Option<string?> _backbone = new("--backbone") { Description = "A Hugging Face folder, or a model of the hub (org/name[@revision]), whose tokenizer and chat template tell how long conversations are.", HelpName = "FOLDER" };

    private readonly Option<int?> _maxTokens = new("--max-tokens") { Description = "With --backbone: the limit whose cuts are counted. Default: 1024, as in recipes.", HelpName = "N" };

    private readonly Option<bool> _json = new("--json") { Description = "Print everything as JSON." };

    private readonly Option<string?> _order = DataCommand.Order();

    private readonly CommandStreams _streams;

    private CheckCommand(CommandStreams streams)
    {
        _streams = streams;
        _maxTokens.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var tokens) && tokens < 8)
            {
                result.AddError("--max-tokens must be at least 8.");
            }
        });
    }

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var check = new CheckCommand(streams);
        var verb = new Verb(
            "check",
            "Says what preference files hold, and what in them would harm training or its figures.",
            "dmoerm data check answers.jsonl\n"
            + "dmoerm data check train.jsonl --against test.jsonl\n"
            + "dmoerm data check answers.jsonl --backbone recipes/debug/backbone --max-tokens 256 --json",
            $"""
            Counts rows, prompts, responses, comparisons and ties per category, how often the longer response and the first one of a row is better, and labels of capabilities.
            Finds comparisons that contradict or repeat others, equal responses in a row, one text with several scores, empty texts, near-duplicate prompts, texts of both splits,
            and categories and capabilities with fewer than {EnoughData.Comparisons} comparisons or {EnoughData.Units} prompts: {EnoughData.Reason}.
            Findings name places, never texts. They do not make the command fail; only data that cannot be read do.
            """)
        { check._files, check._format, check._against, check._category, check._gap, check._order, check._backbone, check._maxTokens, check._json };
        verb.SetAction(check.Run);
        return verb;
    }

    private int Run(ParseResult arguments)
    {
        var (files, against) = (Downloads.Paths(_streams, arguments.GetRequiredValue(_files)), Downloads.Paths(_streams, arguments.GetValue(_against) ?? []));
        DataCommand.CheckExist([.. files, .. against]);
        if (arguments.GetValue(_maxTokens) is not null && arguments.GetValue(_backbone) is null)
        {
            throw new UsageException("--max-tokens counts tokens: name the tokenizer's folder with --backbone.");
        }

        var lengths = arguments.GetValue(_backbone) is { } backbone && Downloads.Model(_streams, backbone) is var folder
            ? new LengthSurvey(ChatTemplate.Load(folder, new TemplateSettings { Date = TimeProvider.System.GetLocalNow().Date }), Tokenizer.Load(folder), arguments.GetValue(_maxTokens) ?? new EncodingOptions().MaxTokens)
            : null;
        var check = new DataCheck
        {
            Format = arguments.GetValue(_format),
            Category = arguments.GetValue(_category),
            Gap = arguments.GetValue(_gap),
            RankOrder = DataCommand.OrderOf(arguments.GetValue(_order)),
            EachRow = lengths is null ? null : (example, _) => lengths.Add(example),
            Progress = rows => _streams.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rows read: {rows}")),
            Cancellation = _streams.Stopped,
        };
        var report = check.Run(files, against);
        if (arguments.GetValue(_json))
        {
            _streams.Out.WriteLine(JsonSerializer.Serialize(new { report.Files, report.Categories, report.Findings, lengths = lengths?.Report() }, JsonFormat));
        }
        else
        {
            CheckTable.Write(report, lengths?.Report(), _streams.Out);
        }

        return 0;
    }
}
