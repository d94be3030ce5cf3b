using System.IO.Hashing;
using System.Runtime.InteropServices;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Rows;
using Dmoerm.Data.Splits;

namespace Dmoerm.Data.Checks;

/// <summary>Hashes by which texts are known again without being kept; two texts share one with a probability below 1e-20 among a billion.</summary>
internal static class TextKeys
{
    /// <summary>A prompt as training merges rows: its turns, white space apart.</summary>
    public static UInt128 Prompt(PreferenceExample example) => Of(CategoryReader.PromptKey(example));

    /// <summary>A response as training merges them: its turns, white space at the ends apart.</summary>
    public static UInt128 Response(Response response) => Of(PromptGroup.KeyOf(response));

    /// <summary>Any text.</summary>
    public static UInt128 Of(string text) => UnitKeys.Hash(text);

    /// <summary>Several keys as one.</summary>
    public static UInt128 Of(params ReadOnlySpan<UInt128> keys) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(keys));
}
