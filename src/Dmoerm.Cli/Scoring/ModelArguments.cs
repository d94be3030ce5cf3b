using System.CommandLine;
using System.Globalization;
using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data;

namespace Dmoerm.Cli.Scoring;

/// <summary>The model of <c>score</c> and <c>eval</c>: a trained one, or one from elsewhere with what its folder does not say.</summary>
internal sealed class ModelArguments
{
    private const string Elsewhere = "Model from elsewhere: ";

    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "Folder of a trained model (what 'dmoerm train' wrote under model/), or a reward model from elsewhere: a Hugging Face classifier, a PEFT adapter with its head, an OpenRLHF model. Where there is no such folder, a model of the hub: org/name[@revision].",
    };

    private readonly Option<string?> _base = new("--base") { Description = $"{Elsewhere}the folder that a PEFT adapter sits on. Default: what the adapter names, where that is a folder.", HelpName = "FOLDER" };

    private readonly Option<string[]> _weights = new("--weights")
    {
        Description = $"{Elsewhere}how several outputs make one reward; labels that are not named weigh 0.",
        HelpName = "LABEL=WEIGHT,...",
    };

    private readonly Option<string?> _pooling = new("--pooling")
    {
        Description = $"{Elsewhere}the token that rewards are read at: 'not-pad' is transformers' rule, the rightmost token that is not pad_token_id; 'last' the last one. Default: what it was trained with.",
        HelpName = "not-pad|last",
    };

    private readonly Option<string?> _render = new("--render") { Description = $"{Elsewhere}'chat' renders conversations by the chat template, 'text' joins prompt, response and end-of-text token. Default: chat.", HelpName = "chat|text" };

    private readonly Option<string?> _chatTemplate = new("--chat-template") { Description = $"{Elsewhere}a Jinja file in the place of the folder's chat template.", HelpName = "FILE" };

    private readonly TemplateArguments _template = new(Elsewhere, " Default: today.");

    private readonly Option<bool> _newHead = new("--new-head")
    {
        Description = $"{Elsewhere}draw a head for a folder that has none, the same one every time. Its rewards mean nothing before it is trained: good for trying things out.",
    };

    private readonly CommandStreams _streams;
    private string? _folder;

    /// <summary>The arguments of one verb.</summary>
    public ModelArguments(CommandStreams streams)
    {
        _streams = streams;
        _pooling.AcceptOnlyFromAmong("not-pad", "last");
        _render.AcceptOnlyFromAmong("chat", "text");
    }

    /// <summary>Where warnings go while bars move; null for standard error.</summary>
    public ProgressDisplay? Display { get; set; }

    /// <summary>The argument that names the model; it comes first.</summary>
    public Argument<string> Model => _model;

    /// <summary>The longest conversation, at least one token.</summary>
    public static Option<int?> MaxTokens(string description)
    {
        var option = new Option<int?>("--max-tokens") { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var tokens) && tokens < 1)
            {
                result.AddError("--max-tokens must be at least 1.");
            }
        });
        return option;
    }

    /// <summary>Adds the options, after the verb's own.</summary>
    public void AddOptions(Command verb)
    {
        foreach (var option in Options)
        {
            verb.Options.Add(option);
        }
    }

    private IReadOnlyList<Option> Options => [_base, _weights, _pooling, _render, _chatTemplate, _template.Variables, _template.Date, _newHead];

    /// <summary>Opens what was named.</summary>
    /// <exception cref="UsageException">An option does not fit the model.</exception>
    /// <exception cref="InvalidDataException">The folder is no model, or broken.</exception>
    public IRewardModel Open(ParseResult arguments)
    {
        var folder = Folder(arguments);
        if (File.Exists(Path.Combine(folder, ArtefactFolder.ManifestName)) && Options.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } unfit)
        {
            throw new UsageException($"{unfit.Name} is for reward models from elsewhere; {folder} is a dmoerm model, which says itself how it is used.");
        }

        try
        {
            return RewardModel.Open(folder, Read(arguments));
        }
        catch (ArgumentException unfitting)
        {
            throw new UsageException(Failure.Sentence(unfitting));
        }
    }

    /// <summary>What pages call the model.</summary>
    public string Name(ParseResult arguments)
    {
        var folder = Folder(arguments);
        return File.Exists(Path.Combine(folder, ArtefactFolder.ManifestName)) ? ArtefactFolder.ReadManifest(folder).Name : Path.GetFileName(Path.GetFullPath(arguments.GetRequiredValue(_model)));
    }

    private string Folder(ParseResult arguments) => _folder ??= Downloads.Model(_streams, arguments.GetRequiredValue(_model));

    private ClassifierOptions Read(ParseResult arguments) => new()
    {
        Base = arguments.GetValue(_base) is { } named ? Downloads.Model(_streams, named) : null,
        Weights = arguments.GetValue(_weights) is { Length: > 0 } weights ? Weights(weights) : null,
        Pooling = arguments.GetValue(_pooling) switch { null => null, "last" => PoolingRule.Last, _ => PoolingRule.NotPad },
        Render = arguments.GetValue(_render) == "text" ? Rendering.Text : Rendering.Chat,
        ChatTemplate = arguments.GetValue(_chatTemplate),
        TemplateVariables = _template.VariablesOf(arguments),
        Date = arguments.GetValue(_template.Date),
        NewHead = arguments.GetValue(_newHead) ? 0 : null,
        Warn = Warn,
    };

    private void Warn(string sentence)
    {
        var line = $"warning: {sentence}";
        if (Display is null)
        {
            _streams.Error.WriteLine(line);
        }
        else
        {
            Display.Line(line);
        }
    }

    private static Dictionary<string, double> Weights(string[] given)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var text in given.SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            // The last '=', since labels may hold one.
            var (name, value) = TemplateArguments.Pair("--weights", text, text.LastIndexOf('='), weights.ContainsKey);
            weights[name] = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
                ? weight
                : throw new UsageException($"--weights: '{value}' for {name} is not a number.");
        }

        return weights;
    }
}
