using System.CommandLine;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Scoring;

/// <summary><c>dmoerm score</c>: JSON lines in, JSON lines out.</summary>
internal sealed class ScoreCommand
{
    private readonly ModelArguments _model;

    private readonly Option<string> _input = new("--input", "-i")
    {
        Description = "File of JSON lines, .gz for compressed ones; - is standard input.",
        HelpName = "FILE|-",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "File for the answers instead of standard output. It appears when all lines are answered; until then, and after an error, they stand in FILE.partial.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _explain = new("--explain") { Description = "Also give each capability's reward, its percentile among validation responses, and its effect on the reward." };

    private readonly Option<int?> _maxTokens = ModelArguments.MaxTokens("Longest conversation in tokens; longer ones lose their oldest turns. Default: the model's.");

    private readonly Option<bool> _truncate = new("--truncate") { Description = "Cut a response that alone is too long, instead of refusing it." };

    private readonly Option<string> _onError = new("--on-error")
    {
        Description = "What a bad line does: 'stop' ends the run after all earlier answers, 'line' writes {id, error} and goes on. The exit code is 1 either way.",
        HelpName = "stop|line",
        DefaultValueFactory = _ => "stop",
    };

    private readonly Option<string?> _category = new("--category")
    {
        Description = "Score every line with this category's model, whatever the line or the router says.",
        HelpName = "NAME",
    };

    private readonly CommandStreams _streams;

    private ScoreCommand(CommandStreams streams)
    {
        _streams = streams;
        _model = new ModelArguments(streams);
        _onError.AcceptOnlyFromAmong("stop", "line");
    }

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var score = new ScoreCommand(streams);
        var verb = new Verb(
            "score",
            "Gives rewards to answers: one JSON line in, one JSON line out, in the same order.",
            """echo '{"prompt": "What is rust?", "response": "Iron oxide."}' | dmoerm score runs/debug/model --explain""" + "\n"
            + "dmoerm score runs/debug/model --input answers.jsonl --output rewards.jsonl --on-error line\n"
            + "dmoerm score HUGGING-FACE-FOLDER --input answers.jsonl --weights helpfulness=0.7,verbosity=-0.3",
            """
            A line is one of
              {"prompt": text or messages, "response": text}       answered with reward, raw, category, route, tokens, truncated
              {"prompt": text or messages, "responses": [text]}    answered with lists in the same order: rewards, raw, ...
              {"messages": [{"role": ..., "content": ...}]}        the last message is the assistant's
              a row of a preference format                         every response is scored, in the row's order
              {"input_ids": [1, 2, ...]}                           token ids, taken as they are; attention_mask may mark padding
            It may have an id, which comes back, and a category; without one the router chooses.
            Higher is what people prefer; only differences between answers to one prompt mean something.
            A reward model from elsewhere has neither categories nor experts: reward and raw are what its head gives, without sigmoid or softmax (OpenRLHF's normalize_reward is applied to
            reward). One with several outputs is answered with attributes {label: value}, and with reward and raw where --weights say how they make one. Its longest conversation is what
            its config.json says, unless --max-tokens is given.
            """)
        {
            score._model.Model, score._input, score._output, score._explain, score._maxTokens, score._truncate, score._onError, score._category,
        };
        score._model.AddOptions(verb);
        verb.SetAction(score.Run);
        return verb;
    }

    private int Run(ParseResult arguments)
    {
        var options = new ScoreOptions
        {
            MaxTokens = arguments.GetValue(_maxTokens),
            Truncate = arguments.GetValue(_truncate),
            Explain = arguments.GetValue(_explain),
        };
        // Files first: a wrong path should not wait for the model.
        var path = arguments.GetValue(_input)!;
        using var input = Open(path);
        using var file = arguments.GetValue(_output) is { } output ? new OutputFile(output) : null;
        using var model = _model.Open(arguments);
        var category = arguments.GetValue(_category);
        Categories.Check(category, model.Categories);
        if (options.Explain && model.Categories.Count == 0)
        {
            throw new UsageException("--explain shows what a trained model's experts say; a model from elsewhere has none.");
        }

        return ProgressDisplay.Run(_streams with { ErrorIsTerminal = _streams.ErrorIsTerminal && (file is not null || !_streams.OutIsTerminal) }, progress =>
        {
            _model.Display = progress;
            var total = CountLines(path);
            var run = new ScoreRun(model.Score, options, file?.Writer ?? _streams.Out)
            {
                GoesOn = arguments.GetValue(_onError) == "line",
                Progress = total is { } lines ? done => progress.Report("scoring", done, lines) : null,
            };
            var place = path == "-" ? "" : $"{path}, ";
            try
            {
                run.Run(new InputLines(input, IsZipped(path) ? path : null), line => ScoreRow.Read(line.Utf8, $"{place}line {line.Number}", model.Categories, category), _streams.Stopped);
                file?.Complete();
            }
            catch (Exception) when (file is not null && run.Lines > 0)
            {
                file.KeepPartial = true;
                progress.Line($"lines scored: {run.Lines}; they are in {file.PartialPath}.");
                throw;
            }

            if (model is ClassifierModel { Differing: > 0 } foreign)
            {
                progress.Line($"warning: {foreign.Differing} conversations ended in the pad token and were read before it, by transformers' rule.");
            }

            progress.Line($"lines scored: {run.Lines}{(run.Failed > 0 ? $", {run.Failed} of them failed" : "")}.");
            return run.Failed > 0 ? 1 : 0;
        });
    }

    private Stream Open(string path)
    {
        if (path != "-")
        {
            return File.OpenRead(path);
        }

        if (_streams.InIsTerminal)
        {
            _streams.Error.WriteLine("Reading JSON lines from standard input; end with Ctrl-D.");
        }

        return _streams.In;
    }

    private static bool IsZipped(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    // Null where reading twice is impossible: standard input, pipes.
    private static int? CountLines(string path)
    {
        if (path == "-")
        {
            return null;
        }

        using var stream = File.OpenRead(path);
        if (!stream.CanSeek || IsZipped(path))
        {
            return null;
        }

        return File.ReadLines(path).Count(line => line.Trim(' ', '\t', '\r').Length > 0);
    }
}
