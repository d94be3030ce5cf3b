namespace Dmoerm.Data;

/// <summary>Which end of a ranked list is its best.</summary>
public enum RankOrder
{
    /// <summary>The lowest rank is best: rank 1 is the first place.</summary>
    LowerIsBetter,

    /// <summary>The highest rank is best, as with points.</summary>
    HigherIsBetter,
}
