using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Conversations;
using Dmoerm.Data;

namespace Dmoerm;

/// <summary>A trained double-layer mixture of experts: conversations in, rewards out.</summary>
public sealed class RewardModel : IRewardModel
{
    private readonly ArtefactParts _parts;
    private readonly RoutedScorer _scorer;
    private readonly string[] _names;

    internal RewardModel(ArtefactParts parts)
    {
        _parts = parts;
        _scorer = new RoutedScorer(parts);
        _names = [.. parts.Categories.Select(category => category.Name)];
        Categories = [.. parts.Categories.Select(category => new CategoryProfile { Name = category.Name, Capabilities = category.Model.Capabilities, Source = category.Source, Temperature = category.Calibration.Temperature })];
    }

    /// <inheritdoc/>
    public IReadOnlyList<CategoryProfile> Categories { get; }

    /// <summary>Loads an artefact.</summary>
    /// <param name="folder">The folder that <c>train</c> wrote.</param>
    /// <exception cref="InvalidDataException">The folder is no artefact, of another schema version, or a file was changed.</exception>
    public static RewardModel Load(string folder)
    {
        NativeLibraries.Prepare();
        return new(ArtefactFolder.Read(folder));
    }

    /// <summary>Loads whatever gives rewards: an artefact, or else a reward model that others trained.</summary>
    /// <param name="folder">The folder that <c>train</c> wrote, or one that <see cref="ClassifierModel.Load"/> reads.</param>
    /// <param name="options">How to read a model from elsewhere; an artefact states all of it.</param>
    /// <exception cref="InvalidDataException">The folder is neither, or broken.</exception>
    public static IRewardModel Open(string folder, ClassifierOptions? options = null)
    {
        ClassifierFolder.Require(folder);
        return !File.Exists(Path.Combine(folder, ArtefactFolder.ManifestName)) && ClassifierFolder.IsOne(folder) ? ClassifierModel.Load(folder, options) : Load(folder);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null)
    {
        options ??= new ScoreOptions();
        var asked = Asked(requests);
        var encode = Encoder(requests, options);
        var verdicts = new Verdict[requests.Count];
        foreach (var (places, rows) in LengthBatches.ByLength(requests.Select((_, place) => (place, encode(place, _parts.RouterRendering)))))
        {
            Fill(verdicts, places, _scorer.Route(rows, [.. places.Select(place => asked[place])], options.Explain));
        }

        foreach (var (index, category) in _parts.Categories.Index())
        {
            // What the router read was rendered otherwise than this category was trained.
            var open = Enumerable.Range(0, requests.Count).Where(place => verdicts[place].Part(index) is { IsOpen: true });
            foreach (var (places, rows) in LengthBatches.ByLength(open.Select(place => (place, encode(place, category.Source.Render)))))
            {
                Fill(verdicts, index, places, rows, _scorer.Score(index, rows, options.Explain));
            }
        }

        return [.. verdicts.Select(verdict => verdict.Result(_names))];
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    private int?[] Asked(IReadOnlyList<ScoreRequest> requests)
    {
        var unknown = requests.FirstOrDefault(request => request.Category is not null && !_names.Contains(request.Category));
        return unknown is null
            ? [.. requests.Select(request => request.Category is null ? (int?)null : Array.IndexOf(_names, request.Category))]
            : throw new ArgumentException($"Category '{unknown.Category}' is not one of the model's: {string.Join(", ", _names)}.", nameof(requests));
    }

    private Func<int, Rendering, EncodedConversation> Encoder(IReadOnlyList<ScoreRequest> requests, ScoreOptions options)
    {
        var maxTokens = options.MaxTokens ?? _parts.MaxTokens;
        var encoder = new ConversationEncoder(_parts.Template, _parts.Tokenizer, new EncodingOptions
        {
            MaxTokens = maxTokens,
            VocabularySize = _parts.Backbone.Config.VocabularySize,
            TooLong = options.Truncate || _parts.CutsResponses ? TooLong.Truncate : TooLong.Error,
        });
        return (place, rendering) => requests[place] is { InputIds: { } ids } given
            ? EncodedConversation.OfIds(ids, _parts.Backbone.Config.VocabularySize, maxTokens, CheckRoutable(given, ScoreRequest.OriginOf(requests, place)))
            : encoder.Encode(requests[place].Prompt, requests[place].Response, ScoreRequest.OriginOf(requests, place), rendering, requests[place].Tools)!;
    }

    private string CheckRoutable(ScoreRequest given, string origin) => given.Category is not null || _names.Length == 1
        ? origin
        : throw new InvalidDataException($"{origin}: input_ids do not say where the prompt ends, which the router reads: name a category ({string.Join(", ", _names)}).");

    private static void Fill(Verdict[] verdicts, int[] places, IReadOnlyList<Verdict> found)
    {
        foreach (var (place, verdict) in places.Zip(found))
        {
            verdicts[place] = verdict;
        }
    }

    private static void Fill(Verdict[] verdicts, int category, int[] places, IReadOnlyList<EncodedConversation> rows, IReadOnlyList<CategoryScore> scores)
    {
        for (var row = 0; row < places.Length; row++)
        {
            verdicts[places[row]].Part(category)!.Set(rows[row], scores[row]);
        }
    }
}
