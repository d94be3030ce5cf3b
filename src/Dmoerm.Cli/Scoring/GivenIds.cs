using System.Text.Json;
using Dmoerm.Data.Rows;

namespace Dmoerm.Cli.Scoring;

/// <summary>A conversation that a line gives as token ids.</summary>
internal static class GivenIds
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";

    /// <summary>The ids as they stand there, without those that <c>attention_mask</c> says are padding.</summary>
    /// <exception cref="InvalidDataException">They are no list of whole numbers, or the mask is not one run of 1 among 0, one number for each id.</exception>
    public static int[] Read(RowFields fields)
    {
        var ids = Numbers(fields, Ids);
        if (fields.Find(Mask) is null)
        {
            return ids;
        }

        var mask = Numbers(fields, Mask);
        var (first, last) = (Array.IndexOf(mask, 1), Array.LastIndexOf(mask, 1));
        var isRun = mask.Length == ids.Length && first >= 0 && mask.All(value => value is 0 or 1) && mask.Sum() == last - first + 1;
        return isRun ? ids[first..(last + 1)] : throw fields.Fault(Mask, $"a list of {ids.Length} numbers, one run of 1 with 0 before or after it", fields.Find(Mask));
    }

    private static int[] Numbers(RowFields fields, string name)
    {
        var value = fields.Require(name, "a list of whole numbers");
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            ? [.. value.EnumerateArray().Select(item => item.GetInt32())]
            : throw fields.Fault(name, "a list of whole numbers", value);
    }
}
