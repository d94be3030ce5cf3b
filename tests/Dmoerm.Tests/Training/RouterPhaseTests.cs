using Dmoerm.Routing;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

public class RouterPhaseTests
{
    [Fact]
    public void Run_SeparablePrompts_RoutesAllRight()
    {
        using var scope = NewDisposeScope();
        var (training, validation) = (Prompts(60, 1), Prompts(30, 2));
        using var router = new TaskRouter(3, 5, layer: 1);
        new RouterPhase(new RouterSettings()).Run(router, training, validation);
        using var noGradient = no_grad();
        var route_NC = router.Route(validation.Prompt_ND);
        Assert.True(route_NC.argmax(1).equal(validation.Category_N).all().item<bool>());
        TensorAssert.Close(route_NC.sum(1), ones(30));
        // Logits can be any number; a loss on probabilities could not fall below 0.55 for three categories.
        Assert.InRange(RouterPhase.Loss(router.forward(validation.Prompt_ND) / router.Temperature, validation).item<float>(), 0, 0.1);
    }

    [Fact]
    public void Run_FewSteps_StillLearns()
    {
        using var scope = NewDisposeScope();
        var (training, validation) = (Prompts(60, 1), Prompts(30, 2));
        using var router = new TaskRouter(3, 5, layer: 1);
        new RouterPhase(new RouterSettings { Steps = 3 }).Run(router, training, validation);
        using var noGradient = no_grad();
        Assert.False(router.forward(validation.Prompt_ND).equal(zeros(30, 3)).all().item<bool>());
    }

    [Fact]
    public void Run_NoValidation_KeepsTheEndAndATemperatureOfOne()
    {
        using var scope = NewDisposeScope();
        using var router = new TaskRouter(3, 5, layer: 1);
        new RouterPhase(new RouterSettings { Steps = 20 }).Run(router, Prompts(30, 1), RouterPrompts.Balanced(zeros(0, 5), []));
        Assert.Equal(1, router.Temperature);
        using var noGradient = no_grad();
        Assert.True(router.forward(ones(1, 5)).abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Run_Cancelled_EndsBetweenSteps()
    {
        using var scope = NewDisposeScope();
        using var router = new TaskRouter(3, 5, layer: 1);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new RouterPhase(new RouterSettings()) { Cancellation = cancelled.Token }.Run(router, Prompts(30, 1), Prompts(30, 2)));
        using var noGradient = no_grad();
        Assert.Equal(0, router.forward(ones(1, 5)).abs().sum().item<float>());
    }

    [Fact]
    public void Run_LabelSmoothing_IsLessSureBeforeTheTemperature()
    {
        using var scope = NewDisposeScope();
        var none = RouterPrompts.Balanced(zeros(0, 5), []);
        using var plain = new TaskRouter(3, 5, layer: 1);
        using var smooth = new TaskRouter(3, 5, layer: 1);
        new RouterPhase(new RouterSettings()).Run(plain, Prompts(60, 1), none);
        new RouterPhase(new RouterSettings { LabelSmoothing = 0.3 }).Run(smooth, Prompts(60, 1), none);
        using var noGradient = no_grad();
        var (prompt_ND, sure) = (Prompts(60, 1).Prompt_ND, 0.7f + 0.1f);
        // A third of a third stays on the label: the loss is lowest at 0.8.
        Assert.InRange(smooth.Route(prompt_ND).max(1).values.mean().item<float>(), sure - 0.05f, sure + 0.05f);
        Assert.True(plain.Route(prompt_ND).max(1).values.mean().item<float>() > 0.95f);
    }

    [Fact]
    public void Loss_RareCategory_CountsAlike()
    {
        using var scope = NewDisposeScope();
        var logit_NC = tensor(new[] { 1f, 0f }).expand(4, 2);
        var prompts = RouterPrompts.Balanced(zeros(4, 5), [0, 0, 0, 1]);
        // softplus(-1) for category 0, softplus(1) for category 1, each half of the mean.
        var expected = (Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(1))) / 2;
        Assert.Equal(expected, RouterPhase.Loss(logit_NC, prompts).item<float>(), 1e-6);
    }

    private static RouterPrompts Prompts(int count, long seed)
    {
        using var random = new Generator((ulong)seed);
        var categories = Enumerable.Range(0, count).Select(index => (long)index % 3).ToArray();
        var centre_CD = tensor(new[,] { { 3f, 0, 0, 7, 1 }, { 0, 3f, 0, 7, 1 }, { 0, 0, 3f, 7, 1 } });
        // The last column is constant: it must not blow up.
        var noise_ND = randn([count, 5], generator: random) * 0.5 * tensor(new[] { 1f, 1, 1, 1, 0 });
        return RouterPrompts.Balanced(centre_CD.index_select(0, tensor(categories)) + noise_ND, categories);
    }
}
