using Dmoerm.Aggregation;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;

namespace Dmoerm.Artefacts.Exports;

// Dimensions: B = batch, D = hidden size.

/// <summary>The one scorer of a model that is exported: a category's base, or one of its experts.</summary>
/// <param name="Parts">The model.</param>
/// <param name="Category">The category.</param>
/// <param name="Expert">The expert's place; null for the base.</param>
internal sealed record ExportSource(ArtefactParts Parts, ServedCategory Category, int? Expert)
{
    /// <summary>What the category was imported from: its base is the common backbone, unchanged.</summary>
    public bool IsImported => Category.Model.Experts?.Adapters is { IsFixed: true };

    /// <summary>[1, D], the head.</summary>
    public Tensor Head_1D => Expert is { } expert ? Category.Model.Experts!.Head_ED.detach().narrow(0, expert, 1) : Category.Model.Base.Head_ED.detach();

    /// <summary>Backbone, base and expert as one set of weights; the caller's dispose scope owns what differs from the base's.</summary>
    public Backbone Merged => Expert is { } expert ? Category.Model.Merged.Merge(Category.Model.Experts!.Adapters!.Updates, expert) : Category.Model.Merged;

    /// <summary>Finds a scorer.</summary>
    /// <exception cref="InvalidDataException">The model has no such category or capability.</exception>
    public static ExportSource Find(ArtefactParts parts, ExportRequest request)
    {
        var category = parts.Categories.FirstOrDefault(category => category.Name == request.Category)
            ?? throw new InvalidDataException($"{request.Model}: the model has no category '{request.Category}'; it has {string.Join(", ", parts.Categories.Select(category => category.Name))}.");
        if (request.Capability is null)
        {
            return new ExportSource(parts, category, null);
        }

        var expert = category.Model.Capabilities.ToList().IndexOf(request.Capability);
        var known = category.Model.Capabilities.Count == 0 ? "none, only its base" : string.Join(", ", category.Model.Capabilities);
        return expert >= 0
            ? new ExportSource(parts, category, expert)
            : throw new InvalidDataException($"{request.Model}: category '{category.Name}' has no capability '{request.Capability}'; it has {known}.");
    }

    /// <summary>The scorer's own rewards, by the path that serving takes.</summary>
    public double[] Rewards(IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var model = Category.Model;
        var (ids_BT, length_B) = (LengthBatches.PadRight(rows), tensor(rows.Select(row => (long)row.Ids.Length).ToArray()));
        var output = model.Run(model.Merged.Embed(ids_BT), length_B, 0);
        return (Expert is { } expert ? output.Reward_BE.select(1, expert) : output.BaseReward_B).ToDoubles();
    }

    /// <summary>Mean and deviation of the scorer's own rewards over validation responses; null where they were not measured.</summary>
    public (double Mean, double Deviation)? Scale()
    {
        if (Expert is { } expert)
        {
            return Measured(Category.Calibration.Capabilities[expert]);
        }

        var (mean, deviation) = (Category.Scaling.Mean_F[-1].to(ScalarType.Float64).item<double>(), Category.Scaling.Deviation_F[-1].to(ScalarType.Float64).item<double>());
        return Category.Aggregator switch
        {
            // What was measured is the base's reward as its aggregator passes it on: standardised.
            BaseAggregator when Measured(Category.Calibration.Overall) is { } overall => (mean + deviation * overall.Mean, deviation * overall.Deviation),
            { UsesBase: true, Kind: not AggregatorKind.Base } when (mean, deviation) != (0, 1) => (mean, deviation),
            _ => null,
        };
    }

    private static (double Mean, double Deviation)? Measured(RewardScale scale) => scale.Quantiles.Count == 0 ? null : (scale.Mean, scale.Deviation);
}
