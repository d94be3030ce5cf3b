namespace Dmoerm.Experts.Adapters;

/// <summary>Which biases an adapter was trained with, as <c>bias</c> says.</summary>
public enum PeftBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the projections that have an update (<c>lora_only</c>).</summary>
    Updated,

    /// <summary>Every bias of the model (<c>all</c>).</summary>
    All,
}
