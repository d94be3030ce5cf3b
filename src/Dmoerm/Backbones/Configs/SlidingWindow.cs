namespace Dmoerm.Backbones.Configs;

/// <summary>Layers whose attention looks back over so many tokens only.</summary>
/// <param name="Tokens">Tokens that are seen, the current one included.</param>
/// <param name="Layers">For each layer whether it has the window; at least one has.</param>
public sealed record SlidingWindow(int Tokens, IReadOnlyList<bool> Layers)
{
    /// <summary>The window over the lowest layers; null where none of them has it.</summary>
    public SlidingWindow? Lower(int layers)
    {
        bool[] kept = [.. Layers.Take(layers)];
        return kept.Any(slides => slides) ? new SlidingWindow(Tokens, kept) : null;
    }

    /// <summary>Equal sizes over equal layers.</summary>
    public bool Equals(SlidingWindow? other) => other is not null && Tokens == other.Tokens && Layers.SequenceEqual(other.Layers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tokens, Layers.Count);
}
