using Dmoerm.Backbones;

namespace Dmoerm.Experts;

// Dimensions: E = experts, B = batch, T = tokens, D = hidden size.

/// <summary>The inner layer of one category: its base and the experts that sit on it.</summary>
public sealed class CategoryModel
{
    /// <summary>Joins a base and its experts.</summary>
    /// <param name="category">The category's name.</param>
    /// <param name="capabilities">The experts' capabilities; empty for a category that has its base only.</param>
    /// <param name="trained">The base as trained: one scorer on the common backbone, or on weights of its own (<c>adapt: full</c>).</param>
    /// <param name="merged">The base's backbone with its adapter added in: what the experts sit on.</param>
    /// <param name="experts">The experts on <paramref name="merged"/>, or null.</param>
    public CategoryModel(string category, IReadOnlyList<string> capabilities, StackedScorers trained, Backbone merged, StackedScorers? experts)
    {
        Category = category;
        Capabilities = capabilities;
        Base = trained;
        Merged = merged;
        Experts = experts;
    }

    /// <summary>The category's name.</summary>
    public string Category { get; }

    /// <summary>The experts' capabilities, in order.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>The base as trained.</summary>
    public StackedScorers Base { get; }

    /// <summary>The base's backbone with its adapter added in.</summary>
    public Backbone Merged { get; }

    /// <summary>The experts, or null.</summary>
    public StackedScorers? Experts { get; }

    /// <summary>All weights were tuned (<c>adapt: full</c>), so nothing is shared with the common backbone.</summary>
    public bool HasOwnBackbone => Base.Adapters is null;

    /// <summary>Up to this layer the common backbone's states can be used; 0 where there is a backbone of its own.</summary>
    public int TrunkLayer => HasOwnBackbone ? 0 : Math.Min(Base.From, Experts?.From ?? Base.From);

    /// <summary>Base and experts on the states that leave a trunk.</summary>
    /// <param name="hidden_1BTD">[1, B, T, D], what enters layer <paramref name="from"/> of the merged backbone.</param>
    /// <param name="length_B">[B] int64 real tokens.</param>
    /// <param name="from">Any layer up to which merged and common backbone are the same, or whose states come from the merged one.</param>
    public ExpertOutput Run(Tensor hidden_1BTD, Tensor length_B, int from)
    {
        using var scope = NewDisposeScope();
        var shared = Experts is null ? from : Math.Max(from, Experts.From);
        var trunk_1BTD = Merged.Run(hidden_1BTD, from, Math.Min(shared, Merged.Config.NumLayers));
        var base_1BD = Merged.Pool(trunk_1BTD, length_B, shared);
        var baseReward_B = Base.Reward(base_1BD).squeeze(0);
        if (Experts is null)
        {
            return new ExpertOutput(baseReward_B, zeros(length_B.shape[0], 0, baseReward_B.dtype), null).MoveToOuterDisposeScope();
        }

        var hidden_EBD = Experts.Pool(trunk_1BTD, length_B, shared);
        var reward_BE = Experts.Reward(hidden_EBD).transpose(0, 1);
        return new ExpertOutput(baseReward_B, reward_BE, hidden_EBD.transpose(0, 1)).MoveToOuterDisposeScope();
    }
}
