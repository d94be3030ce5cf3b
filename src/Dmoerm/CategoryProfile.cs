using Dmoerm.Data;

namespace Dmoerm;

/// <summary>What an artefact says of a category.</summary>
public sealed record CategoryProfile
{
    /// <summary>The category's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its capabilities, in the experts' order.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Where its comparisons came from, with the defaults of evaluation: gap, units, capability sources.</summary>
    public required CategorySource Source { get; init; }

    /// <summary>T in P(i better than j) = sigmoid((raw_i - raw_j) / T), fitted on validation comparisons.</summary>
    public double Temperature { get; init; } = 1;
}
