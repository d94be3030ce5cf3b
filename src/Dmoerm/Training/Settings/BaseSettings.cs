using Dmoerm.Experts;

namespace Dmoerm.Training.Settings;

/// <summary>Phase 1: what of the backbone is adapted to a category's preferences, and how.</summary>
public sealed record BaseSettings
{
    /// <summary>Adapters on the common backbone, or all weights.</summary>
    public Adaptation Adapt { get; init; } = Adaptation.Lora;

    /// <summary>The adapter's shape; ignored where all weights are tuned.</summary>
    public LoraSettings Lora { get; init; } = new();

    /// <summary>Where the head starts.</summary>
    public HeadStart Head { get; init; } = HeadStart.Linear;

    /// <summary>How the weights are fitted.</summary>
    public PhaseSettings Training { get; init; } = new();
}

/// <summary>Phase 2: the capability experts on top of the base.</summary>
public sealed record ExpertSettings
{
    /// <summary>The adapters' shape.</summary>
    public LoraSettings Lora { get; init; } = new();

    /// <summary>Where each head starts.</summary>
    public HeadStart Head { get; init; } = HeadStart.Base;

    /// <summary>How the weights are fitted.</summary>
    public PhaseSettings Training { get; init; } = new();
}

/// <summary>What of a backbone is trained.</summary>
public enum Adaptation
{
    /// <summary>Low-rank adapters; the backbone stays as it is.</summary>
    Lora,

    /// <summary>All weights.</summary>
    Full,
}

/// <summary>Where a head starts.</summary>
public enum HeadStart
{
    /// <summary>The linear head of lowest held-out loss on the frozen features: adapters then start from a fitted model.</summary>
    Linear,

    /// <summary>A copy of the base's head (experts only; the paper's way).</summary>
    Base,

    /// <summary>Small random weights.</summary>
    Random,
}
