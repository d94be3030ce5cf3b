using Dmoerm.Routing;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Phases;

// Dimensions: N = prompts, D = hidden size, C = task categories.

/// <summary>Fits the router: cross-entropy on logits, categories weighed alike, the best step on validation prompts kept, then the temperature.</summary>
/// <remarks>The split is train = train and validation = validation, prompts pooled from the unadapted backbone. Source: official code, router/train.py, with its defects B5 and B8 put right.</remarks>
/// <param name="settings">How.</param>
public sealed class RouterPhase(RouterSettings settings)
{
    private const int StepsPerLook = 10;

    /// <summary>Ends the phase between steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fits the router.</summary>
    /// <param name="router">At its start; it is changed.</param>
    /// <param name="training">Prompts to learn from.</param>
    /// <param name="validation">Prompts that choose step and temperature; empty to keep the end and a temperature of 1.</param>
    public void Run(TaskRouter router, RouterPrompts training, RouterPrompts validation)
    {
        using var scope = NewDisposeScope();
        var mean_D = training.Prompt_ND.mean([0]);
        var deviation_D = (training.Prompt_ND - mean_D).square().mean([0]).sqrt();
        router.SetScaling(mean_D, deviation_D.where(deviation_D > 1e-8, ones_like(deviation_D)));
        using var optimizer = torch.optim.AdamW(router.parameters(), settings.LearningRate, weight_decay: settings.WeightDecay);
        using var best = new WeightSnapshot([.. router.named_parameters()], 1);
        var lowest = double.PositiveInfinity;
        for (var step = 1; step <= settings.Steps; step++)
        {
            Cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            optimizer.zero_grad();
            Loss(router.forward(training.Prompt_ND), training, settings.LabelSmoothing).backward();
            optimizer.step();
            if (validation.Count > 0 && (step % StepsPerLook == 0 || step == settings.Steps) && ValidationLoss(router, validation) is var loss && loss < lowest)
            {
                lowest = loss;
                best.Keep(0);
            }
        }

        if (validation.Count > 0)
        {
            best.Restore(0);
            router.Temperature = FitTemperature(router, validation);
        }
    }

    /// <summary>Cross-entropy on logits in which every category counts alike.</summary>
    /// <param name="logit_NC">[N, C] logits.</param>
    /// <param name="prompts">Categories and weights.</param>
    /// <param name="smoothing">Share of each label that is spread over all categories; validation and temperature take the labels as they are.</param>
    internal static Tensor Loss(Tensor logit_NC, RouterPrompts prompts, double smoothing = 0)
    {
        using var scope = NewDisposeScope();
        var loss_N = nn.functional.cross_entropy(logit_NC, prompts.Category_N, reduction: nn.Reduction.None, label_smoothing: smoothing);
        return ((loss_N * prompts.Weight_N).sum() / prompts.Weight_N.sum()).MoveToOuterDisposeScope();
    }

    private static double ValidationLoss(TaskRouter router, RouterPrompts validation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Loss(router.forward(validation.Prompt_ND), validation).to(ScalarType.Float64).item<double>();
    }

    private static double FitTemperature(TaskRouter router, RouterPrompts validation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // In float64: the search compares losses that differ in the eighth digit.
        var logit_NC = router.forward(validation.Prompt_ND).to(ScalarType.Float64);
        return TemperatureFit.Minimise(temperature =>
        {
            using var look = NewDisposeScope();
            return Loss(logit_NC / temperature, validation).item<double>();
        });
    }
}

/// <summary>Prompts with their categories.</summary>
/// <param name="Prompt_ND">[N, D] pooled states.</param>
/// <param name="Category_N">[N] int64 category indices.</param>
/// <param name="Weight_N">[N] weights; alike in sum for every category.</param>
public sealed record RouterPrompts(Tensor Prompt_ND, Tensor Category_N, Tensor Weight_N)
{
    /// <summary>N.</summary>
    public long Count => Prompt_ND.shape[0];

    /// <summary>Weighs each category by one over its number of prompts.</summary>
    public static RouterPrompts Balanced(Tensor prompt_ND, IReadOnlyList<long> categories)
    {
        var counts = categories.CountBy(category => category).ToDictionary();
        return new RouterPrompts(prompt_ND, tensor(categories.ToArray()), tensor(categories.Select(category => 1f / counts[category]).ToArray()));
    }

    /// <summary>Hands all tensors to the scope outside the current one.</summary>
    public RouterPrompts MoveToOuterDisposeScope()
    {
        Prompt_ND.MoveToOuterDisposeScope();
        Category_N.MoveToOuterDisposeScope();
        Weight_N.MoveToOuterDisposeScope();
        return this;
    }
}
