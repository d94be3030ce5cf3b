using System.Numerics;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>What counts as true.</summary>
internal static class Truth
{
    /// <summary>False are: nothing, none, false, 0, and what is empty.</summary>
    public static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        BigInteger number => !number.IsZero,
        SequenceValue sequence => sequence.Items.Length > 0,
        DictValue dict => dict.Pairs.Length > 0,
        DictView view => view.Of.Pairs.Length > 0,
        RangeValue range => range.Count > 0,
        MarkupValue markup => markup.Text.Length > 0,
        _ => true,
    };
}
