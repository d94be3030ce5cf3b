using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Routing;

namespace Dmoerm.Artefacts.Scoring;

// Dimensions: B = batch, T = tokens, D = hidden size, C = task categories.

/// <summary>The whole model on a batch: the router on the way to the trunk's end, then the chosen categories.</summary>
/// <param name="parts">The model.</param>
internal sealed class RoutedScorer(ArtefactParts parts)
{
    private readonly int _trunkLayer = parts.KeptTrunk?.Layer ?? parts.Categories.Where(category => !category.Model.HasOwnBackbone)
        .Select(category => category.Model.TrunkLayer).DefaultIfEmpty(parts.Router.Layer).Min();

    /// <summary>Routes and scores a batch of which every conversation is rendered as the router reads it.</summary>
    /// <param name="rows">The conversations.</param>
    /// <param name="asked">Index of the category that the caller named; null lets the router choose.</param>
    /// <param name="explain">Also give each capability's part.</param>
    /// <returns>Verdicts in the rows' order. The score of a category that renders otherwise is missing: see <see cref="Score"/>.</returns>
    public IReadOnlyList<Verdict> Route(IReadOnlyList<EncodedConversation> rows, IReadOnlyList<int?> asked, bool explain)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var ids_BT = LengthBatches.PadRight(rows).to(parts.Backbone.Device);
        var (route_BC, trunk_1BTD) = Route(ids_BT, rows);
        var routes = route_BC.to(ScalarType.Float64).cpu();
        var verdicts = rows.Select((_, row) => Verdict.Of(routes[row].ToDoubles(), asked[row], parts.Router.FallbackBelow)).ToArray();
        for (var category = 0; category < parts.Categories.Count; category++)
        {
            var places = Enumerable.Range(0, rows.Count).Where(row => verdicts[row].Part(category) is not null).ToArray();
            if (places.Length > 0 && parts.Categories[category].Source.Render == parts.RouterRendering)
            {
                var scores = ScoreCategory(parts.Categories[category], ids_BT, trunk_1BTD, [.. places.Select(place => rows[place])], places, explain);
                foreach (var (place, score) in places.Zip(scores))
                {
                    verdicts[place].Part(category)!.Set(rows[place], score);
                }
            }
        }

        return verdicts;
    }

    /// <summary>Scores a batch by one category's model, whatever the router says.</summary>
    public IReadOnlyList<CategoryScore> Score(int category, IReadOnlyList<EncodedConversation> rows, bool explain)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var ids_BT = LengthBatches.PadRight(rows).to(parts.Backbone.Device);
        var trunk_1BTD = parts.Backbone.Run(parts.Backbone.Embed(ids_BT), 0, _trunkLayer);
        return ScoreCategory(parts.Categories[category], ids_BT, trunk_1BTD, rows, [.. Enumerable.Range(0, rows.Count)], explain);
    }

    // The router reads a layer of the common backbone on the way to the trunk's end, or beyond it.
    private (Tensor Route_BC, Tensor Trunk_1BTD) Route(Tensor ids_BT, IReadOnlyList<EncodedConversation> rows)
    {
        var (backbone, router) = (parts.Backbone, parts.Router);
        var promptLength_B = tensor(rows.Select(row => (long)row.PromptLength).ToArray(), device: backbone.Device);
        if (parts.KeptTrunk is { } kept && kept.Layer == router.Layer)
        {
            var states_1BTD = kept.States(rows);
            return (router.Route(TaskRouter.Pool(states_1BTD, promptLength_B, router.Pooling)), states_1BTD);
        }

        var low_1BTD = backbone.Run(backbone.Embed(ids_BT), 0, Math.Min(router.Layer, _trunkLayer));
        var trunk_1BTD = backbone.Run(low_1BTD, Math.Min(router.Layer, _trunkLayer), _trunkLayer);
        var read_1BTD = router.Layer <= _trunkLayer ? low_1BTD : backbone.Run(trunk_1BTD, _trunkLayer, router.Layer);
        return (router.Route(TaskRouter.Pool(read_1BTD, promptLength_B, router.Pooling)), trunk_1BTD);
    }

    private IReadOnlyList<CategoryScore> ScoreCategory(ServedCategory category, Tensor ids_BT, Tensor trunk_1BTD, IReadOnlyList<EncodedConversation> rows, int[] places, bool explain)
    {
        using var scope = NewDisposeScope();
        var place_B = tensor(places.Select(place => (long)place).ToArray(), device: ids_BT.device);
        var length_B = tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: ids_BT.device);
        var hidden_1BTD = category.Model.HasOwnBackbone
            ? category.Model.Merged.Embed(ids_BT.index_select(0, place_B))
            : trunk_1BTD.index_select(1, place_B);
        return CategoryScorer.Score(category, hidden_1BTD, length_B, category.Model.HasOwnBackbone ? 0 : _trunkLayer, explain);
    }
}
