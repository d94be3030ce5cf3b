namespace Dmoerm.Training.Settings;

/// <summary>What a phase makes small: Bradley-Terry on <c>p</c>, and what differs from it.</summary>
/// <remarks>
/// Early stopping looks at the same loss without <see cref="Centre"/>. Linear heads stay with plain Bradley-Terry. Sources: TRL (margins, centring), HelpSteer2-Preference (scaled
/// margins), cDPO and rDPO (flipped labels), Davidson 1970 (ties); values and gradients as in the shared reference losses.
/// </remarks>
public sealed record LossSettings
{
    /// <summary>What a comparison's margin does where it has one.</summary>
    public MarginUse Margins { get; init; } = MarginUse.Subtract;

    /// <summary>Margins are multiplied by this first.</summary>
    public double MarginScale { get; init; } = 1;

    /// <summary>What is done about labels that say the opposite of the truth.</summary>
    public LabelNoise LabelNoise { get; init; } = LabelNoise.None;

    /// <summary>e, the share of labels taken to be flipped. Two raters who agree with chance a give e = (1 - sqrt(2 a - 1)) / 2.</summary>
    public double FlipRate { get; init; }

    /// <summary>What a comparison with p = 0.5 is.</summary>
    public TieRule Ties { get; init; } = TieRule.Soft;

    /// <summary>How likely ties are under <see cref="TieRule.Davidson"/>: nu / (2 + nu) where both rewards are equal. It is given, not learnt: set it from the share of ties among responses of like worth.</summary>
    public double Nu { get; init; } = 1;

    /// <summary>Adds this times the mean of (reward_i + reward_j)^2, which keeps rewards around 0. TRL recommends 0.01.</summary>
    public double Centre { get; init; }

    /// <summary>Highest flip rate that can be corrected by <see cref="LabelNoise.Unbiased"/>: above it, the loss says little and varies much.</summary>
    public const double HighestUnbiasedRate = 0.4;
}

/// <summary>What a comparison's margin does.</summary>
public enum MarginUse
{
    /// <summary>It is subtracted from the difference of rewards inside the loss, so the first must be better by that much.</summary>
    Subtract,

    /// <summary>Its size multiplies the comparison's loss; 1 where there is none.</summary>
    Scale,

    /// <summary>Nothing.</summary>
    Ignore,
}

/// <summary>What is done about flipped labels, with e the flip rate and l(d) = -log sigmoid(d).</summary>
public enum LabelNoise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Label smoothing, (1 - e) l(d) + e l(-d): differences end at log((1 - e) / e). Known as conservative DPO.</summary>
    Smooth,

    /// <summary>((1 - e) l(d) - e l(-d)) / (1 - 2 e): in the mean over flips, the loss on clean labels. It has no lowest value, so it needs early stopping, weight decay or centring. Known as robust DPO.</summary>
    Unbiased,

    /// <summary>-log((1 - e) sigmoid(d) + e sigmoid(-d)): the likelihood of a label that may be flipped; its gradient vanishes on both sides.</summary>
    Forward,
}

/// <summary>What a comparison with p = 0.5 is.</summary>
public enum TieRule
{
    /// <summary>Half a win and half a loss: it draws both rewards together.</summary>
    Soft,

    /// <summary>An outcome of its own beside win and loss, with weights e^d, nu e^(d/2) and 1.</summary>
    Davidson,

    /// <summary>Left out, and counted.</summary>
    Drop,
}
