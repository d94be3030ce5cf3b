namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>What a <c>BPE</c> model is made of.</summary>
internal sealed record BytePairSettings
{
    /// <summary>Token to id.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Left and right id to rank and id of what they merge to.</summary>
    public required Dictionary<long, (int Rank, int Id)> Merges { get; init; }

    /// <summary>Works on bytes in the letters of <see cref="ByteAlphabet"/>, not on characters.</summary>
    public required bool Bytes { get; init; }

    /// <summary>What a character without a token becomes; null: nothing.</summary>
    public int? Unknown { get; init; }

    /// <summary>Unknown characters side by side become one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>A character without a token becomes the tokens of its bytes, written <c>&lt;0x0A&gt;</c>.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A word that is in the vocabulary is taken whole, whatever the merges would give.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>What stands before every character but a word's first; empty: nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What stands behind a word's last character; empty: nothing.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>The key of a pair of ids; no two pairs share one.</summary>
    /// <remarks>Multiplied by an odd number, since the hash of a long is its upper half xor its lower half: without it every pair of equal ids, (a, a), (b, b), would have the hash 0.</remarks>
    public static long Pair(int left, int right) => unchecked((((long)left << 32) | (uint)right) * -0x61C8864680B583EB);
}
