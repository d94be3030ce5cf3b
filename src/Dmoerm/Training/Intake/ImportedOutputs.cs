using Dmoerm.Aggregation;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Splits;
using Dmoerm.Experts;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Intake;

// Dimensions: N = conversations, E = experts, F = aggregator inputs.

/// <summary>Fits what joins imported experts, on preferences: aggregator, scale, temperature.</summary>
/// <param name="model">Base and experts; they stay as they are.</param>
/// <param name="useBase">The base's reward is an input.</param>
/// <param name="seed">Cuts the data and orders the steps.</param>
internal sealed class ImportedOutputs(CategoryModel model, bool useBase, long seed)
{
    private static readonly AggregatorSettings Settings = new();

    /// <summary>Told how many conversations are scored, of how many.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Ends the work between steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fits everything.</summary>
    /// <param name="data">The preferences.</param>
    /// <param name="source">The unit that is never cut.</param>
    /// <param name="encoder">From rows to token ids.</param>
    /// <exception cref="InvalidDataException">There is too little to cut, or a part has no overall comparison.</exception>
    public FittedOutputs Fit(CategoryData data, CategorySource source, ExampleEncoder encoder)
    {
        using var scope = NewDisposeScope();
        const double Share = TrainingRecipe.DefaultValidationShare;
        var cut = Partition.Split(data.Examples, source.GroupBy, [1 - Share, Share], Seed.Of(seed, $"{data.Category}/validation"));
        var parts = cut.Parts.Select(part => part.Select(example => encoder.Encode(data.Category, example)).ToArray()).ToArray();
        var (training, validation) = (parts[0], parts[1]);
        Require(training, data.Category, "the training part");
        Require(validation, data.Category, "the validation part");
        var rows = ExampleRows.Of(training.Concat(validation));
        using var outputs = new FeatureTable(rows, Rewards(rows));
        return Fit(outputs, training, validation);
    }

    private FittedOutputs Fit(FeatureTable outputs, TrainingExample[] training, TrainingExample[] validation)
    {
        var (numExperts, pairs, distinct) = (model.Capabilities.Count, new PreferencePairs(validation), ExampleRows.Of(validation));
        var held_NF = outputs.Of(distinct);
        var scaling = FeatureScaling.Of(Inputs(held_NF));
        Aggregator aggregator = new RewardsAggregator(numExperts, Settings.Width, Seed.Of(seed, "aggregator"), useBase);
        using var features = new FeatureTable(outputs.Rows, scaling.Apply(Inputs(outputs.Feature_NF)));
        var outcome = new AggregatorPhase(Settings.Training, Seed.Of(seed, "aggregator/order")) { Cancellation = Cancellation }.Run(aggregator, features, training, validation);
        var own = useBase ? pairs.Agreement(outputs.Of(pairs.Rows).select(1, numExperts).ToDoubles()) : (double?)null;
        var mean = pairs.Agreement(features.Of(pairs.Rows).narrow(1, 0, numExperts).mean([1]).ToDoubles());
        List<string> notes = [.. outcome.Notes];
        var agreement = pairs.Agreement(Raw(aggregator, features.Of(pairs.Rows)));
        if (own > agreement)
        {
            notes.Add(FormattableString.Invariant($"Served by its base: on {pairs.Preferred} validation preferences the aggregator agrees with {agreement:0.0%}, the base with {own:0.0%}."));
            (aggregator, scaling, agreement) = (new BaseAggregator(), FeatureScaling.Of(held_NF.narrow(1, numExperts, 1)), own.Value);
        }

        var calibration = new Calibration
        {
            Overall = RewardScale.Of(Raw(aggregator, scaling.Apply(InputsOf(aggregator, held_NF)))),
            Capabilities = [.. Enumerable.Range(0, numExperts).Select(expert => RewardScale.Of(held_NF.select(1, expert).ToDoubles()))],
            Temperature = pairs.Temperature(Raw(aggregator, scaling.Apply(InputsOf(aggregator, outputs.Of(pairs.Rows))))),
        };
        var fit = new ImportFit(training.Length, validation.Length, pairs.Preferred, agreement, mean, own);
        return new FittedOutputs(aggregator, scaling, calibration, distinct, fit, [Sentence(fit), .. notes]);
    }

    private static string Sentence(ImportFit fit)
    {
        var own = fit.BaseAgreement is { } agreement ? FormattableString.Invariant($", the base with {agreement:0.0%}") : "";
        return FormattableString.Invariant($"Fitted on {fit.TrainingPrompts} prompts. On {fit.Preferences} preferences of {fit.ValidationPrompts} others, which stopped the fit, it agrees with {fit.Agreement:0.0%}, the mean of the experts with {fit.MeanAgreement:0.0%}{own}.");
    }

    // All experts, then the base, of every conversation at once.
    private Tensor Rewards(IReadOnlyList<EncodedConversation> rows)
    {
        var (trunk, done) = (new Trunk(model.Merged, 0), 0);
        return Prediction.Columns(trunk, rows, (batch, conversations) =>
        {
            Cancellation.ThrowIfCancellationRequested();
            var output = model.Run(batch.Hidden_1BTD, batch.Length_B, trunk.Layer);
            Progress?.Invoke(done += conversations.Count, rows.Count);
            return cat([output.Reward_BE, output.BaseReward_B.unsqueeze(1)], 1);
        });
    }

    private Tensor Inputs(Tensor output_NF) => useBase ? output_NF : output_NF.narrow(1, 0, model.Capabilities.Count);

    private Tensor InputsOf(Aggregator aggregator, Tensor output_NF) => aggregator.Kind == AggregatorKind.Base ? output_NF.narrow(1, model.Capabilities.Count, 1) : Inputs(output_NF);

    private static double[] Raw(Aggregator aggregator, Tensor feature_NF)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return aggregator.forward(feature_NF).ToDoubles();
    }

    private static void Require(TrainingExample[] part, string category, string name)
    {
        if (!part.Any(example => example.Comparisons.Any(comparison => comparison.Capability is null)))
        {
            throw new InvalidDataException($"Category '{category}': {name} ({part.Length} prompts) has no comparison of the overall preference: bring more data, or import without --data.");
        }
    }
}

/// <summary>What was fitted.</summary>
/// <param name="Aggregator">Joins the experts.</param>
/// <param name="Scaling">Standardises its inputs.</param>
/// <param name="Calibration">The scale of its rewards.</param>
/// <param name="Rows">The conversations of the validation part.</param>
/// <param name="Fit">How it went.</param>
/// <param name="Notes">What a user should know.</param>
internal sealed record FittedOutputs(Aggregator Aggregator, FeatureScaling Scaling, Calibration Calibration, IReadOnlyList<EncodedConversation> Rows, ImportFit Fit, IReadOnlyList<string> Notes);
