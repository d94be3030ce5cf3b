using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Conversations;

namespace Dmoerm;

/// <summary>A reward model that others trained: a decoder with a linear head of one output, the reward, or of several, its attributes.</summary>
public sealed class ClassifierModel : IRewardModel
{
    private readonly ClassifierParts _parts;
    private readonly ClassifierOptions _options;
    private readonly AttributeWeights? _weights;
    private readonly PoolingRule _pooling;

    private ClassifierModel(ClassifierParts parts, ClassifierOptions options)
    {
        (_parts, _options) = (parts, options);
        _weights = options.Weights is { } weights ? new AttributeWeights(weights, parts.Profile.Labels) : null;
        _pooling = options.Pooling ?? parts.Profile.Pooling;
    }

    /// <summary>None: it is one model for everything.</summary>
    public IReadOnlyList<CategoryProfile> Categories => [];

    /// <summary>What the folder's files say.</summary>
    public ClassifierProfile Profile => _parts.Profile;

    /// <summary>False for a model of several attributes as long as nobody says how they make one reward.</summary>
    public bool GivesReward => Profile.Labels.Count == 1 || _weights is not null;

    /// <summary>Conversations so far whose reward was read, by transformers' rule, at another token than the last.</summary>
    public int Differing { get; private set; }

    /// <summary>Loads a folder in float32: a <c>*ForSequenceClassification</c> of a known family, a PEFT adapter with its head, or what OpenRLHF saves.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">What the folder does not say, or says otherwise than wanted.</param>
    /// <exception cref="InvalidDataException">The folder is broken, of an architecture or with a head that is not known, or without a head; or a template cannot be read.</exception>
    /// <exception cref="ArgumentException">The options do not fit the model: weights of labels that it lacks, a new head where there is one.</exception>
    public static ClassifierModel Load(string folder, ClassifierOptions? options = null)
    {
        NativeLibraries.Prepare();
        options ??= new ClassifierOptions();
        var parts = ClassifierFolder.Read(folder, options);
        try
        {
            var model = new ClassifierModel(parts, options);
            foreach (var warning in model.Warnings())
            {
                options.Warn?.Invoke($"{folder}: {warning}");
            }

            return model;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null)
    {
        if (requests.Any(request => request.Category is not null))
        {
            throw new ArgumentException("The model has no categories to choose from.", nameof(requests));
        }

        var rows = Encode(requests, options ?? new ScoreOptions());
        var read = rows.Select((row, place) => (place, UpToRead(row, ScoreRequest.OriginOf(requests, place)))).ToArray();
        var scored = new ScoredResponse[rows.Length];
        foreach (var (places, batch) in LengthBatches.ByLength(read))
        {
            foreach (var (place, outputs) in places.Zip(_parts.Checkpoint.Outputs(batch)))
            {
                scored[place] = Result(rows[place], outputs);
            }
        }

        return scored;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    private IEnumerable<string> Warnings()
    {
        string[] first = _options.NewHead is { } seed ? [$"its head is new, drawn from seed {seed}: rewards mean nothing before it is trained."] : [];
        return first.Concat(FolderWarnings.Of(Profile with { HasHead = true }, _parts.Text, _options.Date is not null));
    }

    private EncodedConversation[] Encode(IReadOnlyList<ScoreRequest> requests, ScoreOptions options)
    {
        var config = Profile.Backbone.Config;
        var limit = new EncodingOptions { MaxTokens = options.MaxTokens ?? config.MaxPositions, VocabularySize = config.VocabularySize, TooLong = options.Truncate ? TooLong.Truncate : TooLong.Error };
        var encoder = new Lazy<ConversationEncoder>(() => _parts.Text.Encoder(limit));
        return [.. requests.Select((request, place) => request.InputIds is { } ids
            ? EncodedConversation.OfIds(ids, config.VocabularySize, limit.MaxTokens, ScoreRequest.OriginOf(requests, place))
            : encoder.Value.Encode(request.Prompt, request.Response, ScoreRequest.OriginOf(requests, place), _options.Render, request.Tools)!)];
    }

    private EncodedConversation UpToRead(EncodedConversation row, string origin)
    {
        var pad = Profile.Backbone.Config.PadId;
        var count = RewardToken.CountTo(row.Ids, _pooling, pad);
        if (count == row.Ids.Length)
        {
            return row;
        }

        if (Differing++ == 0)
        {
            _options.Warn?.Invoke($"{origin} ends in pad_token_id ({pad}): by transformers' rule its reward is read at token {count} of {row.Ids.Length}; --pooling last reads it at the last one. This is said once.");
        }

        return row with { Ids = row.Ids[..count] };
    }

    private ScoredResponse Result(EncodedConversation row, double[] outputs)
    {
        var raw = outputs.Length == 1 ? outputs[0] : _weights?.Apply(outputs) ?? double.NaN;
        return new ScoredResponse
        {
            Reward = Profile.Normalisation?.Apply(raw) ?? raw,
            Raw = raw,
            Category = null,
            Route = new Dictionary<string, double>(),
            Tokens = row.Ids.Length,
            Truncated = row.Cut,
            Attributes = outputs.Length == 1 ? null : Profile.Labels.Zip(outputs).ToDictionary(pair => pair.First, pair => pair.Second),
        };
    }
}
