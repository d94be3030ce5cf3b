using Dmoerm.Conversations;
using Dmoerm.Routing;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

// Dimensions: N = prompts, D = hidden size.

/// <summary>Trains the outer layer on the prompts of all categories.</summary>
/// <param name="context">What the run shares.</param>
public sealed class RouterTraining(TrainingContext context)
{
    private const string TemperatureName = "temperature";

    /// <summary>Trains a router.</summary>
    /// <param name="training">Examples of each category, in the router's order.</param>
    /// <param name="validation">Examples that choose step and temperature, likewise.</param>
    public TaskRouter Run(IReadOnlyList<IReadOnlyList<TrainingExample>> training, IReadOnlyList<IReadOnlyList<TrainingExample>> validation)
    {
        using var scope = NewDisposeScope();
        var layer = LayerOf(context);
        var settings = context.Recipe.Router;
        var router = new TaskRouter(training.Count, context.Backbone.Config.HiddenSize, layer) { Pooling = settings.Pooling, FallbackBelow = settings.Fallback?.Below };
        if (context.Stages is null)
        {
            Fit(router, training, validation);
            return router;
        }

        using var noGradient = no_grad();
        var known = context.Stages.Once("router", () =>
        {
            using var gradient = enable_grad();
            Fit(router, training, validation);
            return router.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach()).Append(new(TemperatureName, tensor(router.Temperature))).ToDictionary();
        });
        foreach (var (name, weight) in router.state_dict())
        {
            weight.copy_(known[name]);
        }

        router.Temperature = known[TemperatureName].item<double>();
        return router;
    }

    private void Fit(TaskRouter router, IReadOnlyList<IReadOnlyList<TrainingExample>> training, IReadOnlyList<IReadOnlyList<TrainingExample>> validation)
    {
        // Where categories render differently, the router reads rows that nothing else does: their states are in no cache.
        var trunk = router.Layer == context.Trunk.Layer && !context.Encoder.IsMixed ? context.Trunk : new Trunk(context.Backbone, router.Layer);
        new RouterPhase(context.Recipe.Router) { Cancellation = context.Cancellation }.Run(router, Prompts(trunk, training), Prompts(trunk, validation));
    }

    private static int LayerOf(TrainingContext context) => context.Recipe.Router.Layer
        ?? (context.Trunk.Layer > 0 ? context.Trunk.Layer : context.Backbone.Config.NumLayers / 2);

    // One row a prompt: any response shows the same prompt.
    private RouterPrompts Prompts(Trunk trunk, IReadOnlyList<IReadOnlyList<TrainingExample>> examples)
    {
        using var scope = NewDisposeScope();
        var prompts = examples.SelectMany((category, index) => category.Where(example => example.Responses.Count > 0).Select(example => (Row: context.Encoder.RouterRow(example), Category: (long)index)))
            .Where(prompt => prompt.Row is not null).Select(prompt => (Row: prompt.Row!, prompt.Category))
            .DistinctBy(prompt => (prompt.Category, string.Join(' ', prompt.Row.Ids.Take(prompt.Row.PromptLength)))).ToArray();
        var prompt_ND = Prediction.Columns(trunk, [.. prompts.Select(prompt => prompt.Row)], (batch, rows) => TaskRouter.Pool(batch.Hidden_1BTD, Lengths(rows), context.Recipe.Router.Pooling));
        var balanced = RouterPrompts.Balanced(prompt_ND, [.. prompts.Select(prompt => prompt.Category)]);
        return balanced.MoveToOuterDisposeScope();
    }

    private static Tensor Lengths(IReadOnlyList<EncodedConversation> rows) => tensor(rows.Select(row => (long)row.PromptLength).ToArray());
}
