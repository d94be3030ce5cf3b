using Dmoerm.Artefacts;
using Dmoerm.Conversations;
using Dmoerm.Data;

namespace Dmoerm;

/// <summary>A trained double-layer mixture of experts: conversations in, rewards out.</summary>
public sealed class RewardModel : IDisposable
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

    /// <summary>The categories in the artefact's order.</summary>
    public IReadOnlyList<CategoryProfile> Categories { get; }

    /// <summary>Loads an artefact.</summary>
    /// <param name="folder">The folder that <c>train</c> wrote.</param>
    /// <exception cref="InvalidDataException">The folder is no artefact, of another schema version, or a file was changed.</exception>
    public static RewardModel Load(string folder)
    {
        NativeLibraries.Prepare();
        return new(ArtefactFolder.Read(folder));
    }

    /// <summary>Scores conversations; results come in the order of the requests.</summary>
    /// <exception cref="ArgumentException">A request names a category that the model has not.</exception>
    /// <exception cref="InvalidDataException">A conversation cannot be rendered, or is too long and <see cref="ScoreOptions.Truncate"/> is false.</exception>
    public IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null)
    {
        options ??= new ScoreOptions();
        var asked = Asked(requests);
        var encode = Encoder(requests, options);
        var verdicts = new Verdict[requests.Count];
        InBatches([.. requests.Select((_, place) => (place, encode(place, _parts.RouterRendering)))], (places, rows) => Fill(verdicts, places, _scorer.Route(rows, [.. places.Select(place => asked[place])], options.Explain)));
        foreach (var (index, category) in _parts.Categories.Index())
        {
            // What the router read was rendered otherwise than this category was trained.
            var open = Enumerable.Range(0, requests.Count).Where(place => verdicts[place].Part(index) is { IsOpen: true });
            InBatches([.. open.Select(place => (place, encode(place, category.Source.Render)))], (places, rows) => Fill(verdicts, index, places, rows, _scorer.Score(index, rows, options.Explain)));
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
        var encoder = new ConversationEncoder(_parts.Template, _parts.Tokenizer, new EncodingOptions
        {
            MaxTokens = options.MaxTokens ?? _parts.MaxTokens,
            TooLong = options.Truncate || _parts.CutsResponses ? TooLong.Truncate : TooLong.Error,
        });
        return (place, rendering) => encoder.Encode(requests[place].Prompt, requests[place].Response, requests.Count == 1 ? "The conversation" : $"Conversation {place + 1}", rendering)!;
    }

    // Like lengths together: a batch is padded to its longest.
    private static void InBatches((int Place, EncodedConversation Row)[] rows, Action<int[], IReadOnlyList<EncodedConversation>> score)
    {
        var order = rows.OrderBy(row => row.Row.Ids.Length).ToArray();
        var start = 0;
        foreach (var batch in LengthBatches.Of(order.Select(row => row.Row), LengthBatches.MaxTokens))
        {
            score([.. order[start..(start + batch.Count)].Select(row => row.Place)], batch);
            start += batch.Count;
        }
    }

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
