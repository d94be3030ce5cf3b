using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Routing;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

// Dimensions: N = prompts, D = hidden size.

/// <summary>Trains the outer layer on the prompts of all categories.</summary>
/// <param name="context">What the run shares.</param>
public sealed class RouterTraining(TrainingContext context)
{
    private const string TemperatureName = "temperature";

    /// <summary>Trains a router.</summary>
    /// <param name="categories">The categories in the router's order: their training parts, and the validation parts that choose step and temperature.</param>
    public TaskRouter Run(IReadOnlyList<CategoryParts> categories)
    {
        IReadOnlyList<TrainingExample>[] training = [.. categories.Select(category => Encode(category, 0))];
        IReadOnlyList<TrainingExample>[] validation = [.. categories.Select(category => Encode(category, 1))];
        using var scope = NewDisposeScope();
        var layer = LayerOf(context);
        var settings = context.Recipe.Router;
        var router = new TaskRouter(training.Length, context.Backbone.Config.HiddenSize, layer) { Pooling = settings.Pooling, FallbackBelow = settings.Fallback?.Below };
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

    /// <summary>The logits of prompts.</summary>
    /// <param name="router">A trained router.</param>
    /// <param name="rows">At least one conversation, as <see cref="ExampleEncoder.RouterRow(PreferenceExample)"/> gives it.</param>
    /// <returns>[N, C] in the rows' and the categories' order.</returns>
    public Tensor Logits(TaskRouter router, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return router.forward(Pooled(TrunkOf(router), rows)).MoveToOuterDisposeScope();
    }

    private TrainingExample[] Encode(CategoryParts category, int part) => context.Encoder.Encode(category.Category, category.Outer.Parts[part]);

    // Where categories render differently, the router reads rows that nothing else does: their states are in no cache.
    private Trunk TrunkOf(TaskRouter router) => router.Layer == context.Trunk.Layer && !context.Encoder.IsMixed ? context.Trunk : new Trunk(context.Backbone, router.Layer);

    private void Fit(TaskRouter router, IReadOnlyList<IReadOnlyList<TrainingExample>> training, IReadOnlyList<IReadOnlyList<TrainingExample>> validation)
    {
        var trunk = TrunkOf(router);
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
        var prompt_ND = Pooled(trunk, [.. prompts.Select(prompt => prompt.Row)]);
        var balanced = RouterPrompts.Balanced(prompt_ND, [.. prompts.Select(prompt => prompt.Category)]);
        return balanced.MoveToOuterDisposeScope();
    }

    private Tensor Pooled(Trunk trunk, IReadOnlyList<EncodedConversation> rows) =>
        Prediction.Columns(trunk, rows, (batch, batched) => TaskRouter.Pool(batch.Hidden_1BTD, Lengths(batched), context.Recipe.Router.Pooling));

    private static Tensor Lengths(IReadOnlyList<EncodedConversation> rows) => tensor(rows.Select(row => (long)row.PromptLength).ToArray());
}
