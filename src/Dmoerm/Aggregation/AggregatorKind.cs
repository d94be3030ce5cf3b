namespace Dmoerm.Aggregation;

/// <summary>How experts' outputs become one reward.</summary>
public enum AggregatorKind
{
    /// <summary>From the experts' rewards and the base's own: a linear part and a small net beside it. The default.</summary>
    Rewards,

    /// <summary>From the experts' embeddings, concatenated: linear, PReLU, linear. The paper's.</summary>
    Embeddings,

    /// <summary>From the same rewards: a weighted sum with weights of at least 0.</summary>
    Monotone,

    /// <summary>The base's reward alone: a category without experts, or one whose aggregator was worse than its base on validation data.</summary>
    Base,
}
