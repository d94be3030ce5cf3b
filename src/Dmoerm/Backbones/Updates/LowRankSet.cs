namespace Dmoerm.Backbones.Updates;

/// <summary>Which projections of which layers have a low-rank update.</summary>
public sealed class LowRankSet
{
    private readonly Dictionary<(int Layer, Target Target), LowRank> _updates = [];

    /// <summary>The update of a projection, or null.</summary>
    public LowRank? this[int layer, Target target] => _updates.GetValueOrDefault((layer, target));

    /// <summary>All updates with their places.</summary>
    public IEnumerable<((int Layer, Target Target) Place, LowRank Update)> Updates => _updates.Select(pair => (pair.Key, pair.Value));

    /// <summary>Adds or replaces an update.</summary>
    public void Add(int layer, Target target, LowRank update) => _updates[(layer, target)] = update;
}
