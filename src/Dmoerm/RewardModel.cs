using Dmoerm.Artefacts;
using Dmoerm.Conversations;
using Dmoerm.Routing;

namespace Dmoerm;

// Dimensions: B = batch, T = tokens, D = hidden size, C = task categories.

/// <summary>A trained double-layer mixture of experts: conversations in, rewards out.</summary>
public sealed class RewardModel : IDisposable
{
    private readonly ArtefactParts _parts;
    private readonly int _trunkLayer;

    internal RewardModel(ArtefactParts parts)
    {
        _parts = parts;
        _trunkLayer = parts.KeptTrunk?.Layer ?? parts.Categories.Where(category => !category.Model.HasOwnBackbone)
            .Select(category => category.Model.TrunkLayer).DefaultIfEmpty(parts.Router.Layer).Min();
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
        var rows = Encode(requests, options);
        var order = Enumerable.Range(0, rows.Length).OrderBy(row => rows[row].Ids.Length).ToArray();
        var scored = new ScoredResponse[rows.Length];
        var start = 0;
        foreach (var batch in LengthBatches.Of(order.Select(row => rows[row]), LengthBatches.MaxTokens))
        {
            var places = order[start..(start + batch.Count)];
            var results = ScoreBatch(batch, [.. places.Select(place => requests[place].Category)], options);
            for (var row = 0; row < places.Length; row++)
            {
                scored[places[row]] = results[row];
            }

            start += batch.Count;
        }

        return scored;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    private EncodedConversation[] Encode(IReadOnlyList<ScoreRequest> requests, ScoreOptions options)
    {
        var unknown = requests.FirstOrDefault(request => request.Category is not null && Categories.All(category => category.Name != request.Category));
        if (unknown is not null)
        {
            throw new ArgumentException($"Category '{unknown.Category}' is not one of the model's: {string.Join(", ", Categories.Select(category => category.Name))}.", nameof(requests));
        }

        var encoder = new ConversationEncoder(_parts.Template, _parts.Tokenizer, new EncodingOptions
        {
            MaxTokens = options.MaxTokens ?? _parts.MaxTokens,
            TooLong = options.Truncate || _parts.CutsResponses ? TooLong.Truncate : TooLong.Error,
        });
        return [.. requests.Select((request, index) => encoder.Encode(request.Prompt, request.Response, requests.Count == 1 ? "The conversation" : $"Conversation {index + 1}")!)];
    }

    private ScoredResponse[] ScoreBatch(IReadOnlyList<EncodedConversation> rows, IReadOnlyList<string?> asked, ScoreOptions options)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var ids_BT = LengthBatches.PadRight(rows).to(_parts.Backbone.Device);
        var length_B = tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: _parts.Backbone.Device);
        var (route_BC, trunk_1BTD) = Route(ids_BT, rows);
        var routes = route_BC.to(ScalarType.Float64).cpu();
        var chosen = rows.Select((_, row) => asked[row] ?? Categories[(int)routes[row].argmax().item<long>()].Name).ToArray();
        var scored = new ScoredResponse[rows.Count];
        foreach (var category in _parts.Categories)
        {
            var places = Enumerable.Range(0, rows.Count).Where(row => chosen[row] == category.Name).ToArray();
            if (places.Length > 0)
            {
                var scores = ScoreCategory(category, ids_BT, trunk_1BTD, length_B, places, options.Explain);
                for (var row = 0; row < places.Length; row++)
                {
                    scored[places[row]] = Result(rows[places[row]], category.Name, routes[places[row]], scores[row]);
                }
            }
        }

        return scored;
    }

    // The router reads a layer of the common backbone on the way to the trunk's end, or beyond it.
    private (Tensor Route_BC, Tensor Trunk_1BTD) Route(Tensor ids_BT, IReadOnlyList<EncodedConversation> rows)
    {
        var (backbone, router) = (_parts.Backbone, _parts.Router);
        var promptLength_B = tensor(rows.Select(row => (long)row.PromptLength).ToArray(), device: backbone.Device);
        if (_parts.KeptTrunk is { } kept && kept.Layer == router.Layer)
        {
            var states_1BTD = kept.States(rows);
            return (router.Route(TaskRouter.Pool(states_1BTD, promptLength_B)), states_1BTD);
        }

        var low_1BTD = backbone.Run(backbone.Embed(ids_BT), 0, Math.Min(router.Layer, _trunkLayer));
        var trunk_1BTD = backbone.Run(low_1BTD, Math.Min(router.Layer, _trunkLayer), _trunkLayer);
        var read_1BTD = router.Layer <= _trunkLayer ? low_1BTD : backbone.Run(trunk_1BTD, _trunkLayer, router.Layer);
        return (router.Route(TaskRouter.Pool(read_1BTD, promptLength_B)), trunk_1BTD);
    }

    private IReadOnlyList<CategoryScore> ScoreCategory(ServedCategory category, Tensor ids_BT, Tensor trunk_1BTD, Tensor length_B, int[] places, bool explain)
    {
        using var scope = NewDisposeScope();
        var place_B = tensor(places.Select(place => (long)place).ToArray(), device: length_B.device);
        var hidden_1BTD = category.Model.HasOwnBackbone
            ? category.Model.Merged.Embed(ids_BT.index_select(0, place_B))
            : trunk_1BTD.index_select(1, place_B);
        return CategoryScorer.Score(category, hidden_1BTD, length_B.index_select(0, place_B), category.Model.HasOwnBackbone ? 0 : _trunkLayer, explain);
    }

    private ScoredResponse Result(EncodedConversation row, string category, Tensor route_C, CategoryScore score) => new()
    {
        Reward = score.Reward,
        Raw = score.Raw,
        Category = category,
        Route = Categories.Select((known, index) => (known.Name, Probability: route_C[index].item<double>())).ToDictionary(pair => pair.Name, pair => pair.Probability),
        Tokens = row.Ids.Length,
        Truncated = row.Truncated == Truncation.None ? null : row.Truncated.ToString().ToLowerInvariant(),
        Capabilities = score.Capabilities,
    };
}
