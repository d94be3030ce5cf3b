using TorchSharp.Modules;
using TorchSharp.Utils;

namespace Dmoerm.Routing;

// Dimensions: B = batch, T = tokens, D = hidden size, C = task categories.

/// <summary>Sends a conversation to a task category by its prompt.</summary>
/// <remarks>
/// A linear map on the standardised mean (or the last) of the prompt's states in a low layer of the unadapted backbone. It gives logits: the
/// released code fed probabilities into a loss that takes logits, so its loss could not fall below 0.905. Source: ours.
/// </remarks>
public sealed class TaskRouter : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "mean")]
    private readonly Tensor _mean_D;

    [ComponentName(Name = "deviation")]
    private readonly Tensor _deviation_D;

    [ComponentName(Name = "score")]
    private readonly Linear _score;

    /// <summary>Creates a router that knows nothing: every category is equally likely.</summary>
    /// <param name="numCategories">C, at least 1.</param>
    /// <param name="hiddenSize">D.</param>
    /// <param name="layer">The states that are read are those that enter this layer.</param>
    /// <param name="dtype">Type of the weights.</param>
    public TaskRouter(int numCategories, int hiddenSize, int layer, ScalarType dtype = ScalarType.Float32)
        : base(nameof(TaskRouter))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numCategories, 1);
        Layer = layer;
        _mean_D = zeros(hiddenSize, dtype).DetachFromDisposeScope();
        _deviation_D = ones(hiddenSize, dtype).DetachFromDisposeScope();
        _score = nn.Linear(hiddenSize, numCategories, dtype: dtype);
        using (no_grad())
        {
            _score.weight!.zero_();
            _score.bias!.zero_();
        }

        RegisterComponents();
    }

    /// <summary>The states that are read are those that enter this layer.</summary>
    public int Layer { get; }

    /// <summary>Which of the prompt's states are read.</summary>
    public PromptPooling Pooling { get; init; }

    /// <summary>Below this probability of the best category, the two best are mixed in use; null for never.</summary>
    public double? FallbackBelow { get; init; }

    /// <summary>Divides the logits before probabilities are made; fitted on validation prompts.</summary>
    public double Temperature { get; set; } = 1;

    /// <summary>Sets the standardisation of the inputs.</summary>
    public void SetScaling(Tensor mean_D, Tensor deviation_D)
    {
        _mean_D.copy_(mean_D);
        _deviation_D.copy_(deviation_D);
    }

    /// <summary>The state that stands for each prompt.</summary>
    /// <param name="hidden_1BTD">[1, B, T, D] states that enter <see cref="Layer"/>.</param>
    /// <param name="promptLength_B">[B] int64 tokens of the prompt, at least 1.</param>
    /// <param name="pooling">The mean over the prompt's tokens, or its last one's.</param>
    /// <returns>[B, D].</returns>
    public static Tensor Pool(Tensor hidden_1BTD, Tensor promptLength_B, PromptPooling pooling = PromptPooling.Mean)
    {
        using var scope = NewDisposeScope();
        if (pooling == PromptPooling.Last)
        {
            var row_B = arange(promptLength_B.shape[0], dtype: ScalarType.Int64, device: promptLength_B.device);
            return hidden_1BTD[0].index(TensorIndex.Tensor(row_B), TensorIndex.Tensor(promptLength_B - 1)).MoveToOuterDisposeScope();
        }

        var position_T = arange(hidden_1BTD.shape[2], dtype: ScalarType.Int64, device: promptLength_B.device);
        var inside_BT1 = (position_T.unsqueeze(0) < promptLength_B.unsqueeze(1)).unsqueeze(2).to(hidden_1BTD.dtype);
        return ((hidden_1BTD[0] * inside_BT1).sum(1) / promptLength_B.unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of the categories.</summary>
    /// <param name="prompt_BD">[B, D] from <see cref="Pool"/>.</param>
    /// <returns>[B, C], before the temperature.</returns>
    public override Tensor forward(Tensor prompt_BD)
    {
        using var scope = NewDisposeScope();
        return _score.call((prompt_BD - _mean_D) / _deviation_D).MoveToOuterDisposeScope();
    }

    /// <summary>Probabilities of the categories.</summary>
    /// <param name="prompt_BD">[B, D] from <see cref="Pool"/>.</param>
    /// <returns>[B, C]; each row sums to 1.</returns>
    public Tensor Route(Tensor prompt_BD)
    {
        using var scope = NewDisposeScope();
        return (forward(prompt_BD) / Temperature).softmax(1).MoveToOuterDisposeScope();
    }
}
