using Dmoerm.Routing;

namespace Dmoerm.Tests.Routing;

public class TaskRouterTests
{
    [Fact]
    public void Pool_Prompt_IsTheMeanOfItsOwnTokens()
    {
        using var scope = NewDisposeScope();
        var hidden_1BTD = tensor(new[] { 1f, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60 }).view(1, 2, 3, 2);
        var pooled_BD = TaskRouter.Pool(hidden_1BTD, tensor(new[] { 2L, 1L }));
        // ([1 2] + [3 4]) / 2 and [10 20].
        TensorAssert.Close(pooled_BD, tensor(new[,] { { 2f, 3f }, { 10f, 20f } }));
    }

    [Fact]
    public void Pool_Last_IsThePromptsLastToken()
    {
        using var scope = NewDisposeScope();
        var hidden_1BTD = tensor(new[] { 1f, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60 }).view(1, 2, 3, 2);
        TensorAssert.Close(TaskRouter.Pool(hidden_1BTD, tensor(new[] { 2L, 1L }), PromptPooling.Last), tensor(new[,] { { 3f, 4f }, { 10f, 20f } }));
    }

    [Fact]
    public void Route_NewRouter_KnowsNothing()
    {
        using var scope = NewDisposeScope();
        using var router = new TaskRouter(4, 3, layer: 1);
        TensorAssert.Close(router.Route(randn(2, 3)), full([2, 4], 0.25f));
    }

    [Fact]
    public void Route_Temperature_DividesLogits()
    {
        using var scope = NewDisposeScope();
        using var router = new TaskRouter(2, 2, layer: 1);
        router.load_state_dict(new Dictionary<string, Tensor> { ["score.weight"] = tensor(new[,] { { 2f, 0f }, { 0f, 0f } }) }, strict: false);
        router.SetScaling(tensor(new[] { 1f, 0f }), tensor(new[] { 2f, 1f }));
        router.Temperature = 2;
        // (5 - 1) / 2 x 2 = 4, over T = 2: sigmoid(2).
        Assert.Equal(1 / (1 + Math.Exp(-2)), router.Route(tensor(new[,] { { 5f, 9f } }))[0, 0].item<float>(), 1e-6);
    }

    [Fact]
    public void Router_MadeInsideAScope_OutlivesIt()
    {
        TaskRouter router;
        using (NewDisposeScope())
        {
            router = new TaskRouter(4, 3, layer: 1);
        }

        using var scope = NewDisposeScope();
        Assert.Equal(["mean", "deviation", "score.weight", "score.bias"], router.state_dict().Keys.OrderBy(name => Array.IndexOf(["mean", "deviation", "score.weight", "score.bias"], name)));
        Assert.Equal([2, 4], router.Route(zeros(2, 3)).shape);
    }
}
