namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>What a planted response may hold, as often as its <see cref="TraitCounts"/> say.</summary>
internal enum Trait
{
    /// <summary>Sentences that paint a picture.</summary>
    Vivid,

    /// <summary>Sentences of affection.</summary>
    Warm,

    /// <summary>Numbered steps: none, two or three.</summary>
    Steps,

    /// <summary>Sentences that name a source.</summary>
    Source,

    /// <summary>Sentences that frighten.</summary>
    Suspense,

    /// <summary>Sentences that warn.</summary>
    Care,

    /// <summary>Sentences that take back what was said; no capability names them.</summary>
    Hedge,

    /// <summary>Sentences that say nothing.</summary>
    Filler,

    /// <summary>1 unless a fact names an absurd food.</summary>
    Correct,
}

/// <summary>How often each trait occurs in one response.</summary>
internal sealed class TraitCounts
{
    private readonly int[] _counts = new int[Enum.GetValues<Trait>().Length];

    /// <summary>The count of one trait.</summary>
    public int this[Trait trait]
    {
        get => _counts[(int)trait];
        set => _counts[(int)trait] = value;
    }
}
