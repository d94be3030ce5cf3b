using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;

namespace Dmoerm.Artefacts;

// Dimensions: B = batch.

/// <summary>The last word on a model that was just written: read again, it must say what the model in memory says. So no head is ever lost or random.</summary>
internal static class ArtefactRoundTrip
{
    /// <summary>Conversations of a category that are compared.</summary>
    public const int Rows = 8;

    /// <summary>Compares router, bases, experts and aggregators.</summary>
    /// <param name="written">The model in memory.</param>
    /// <param name="read">The same, read from its folder.</param>
    /// <param name="rows">Some conversations of each category, at least one each.</param>
    /// <param name="folder">The folder, for the error message.</param>
    /// <exception cref="InvalidDataException">They differ: by more than 1e-5 of a reward's size, or 1e-4 of its standard deviation.</exception>
    public static void Check(ArtefactParts written, ArtefactParts read, IReadOnlyList<IReadOnlyList<EncodedConversation>> rows, string folder)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        foreach (var (name, tensor) in written.Router.state_dict())
        {
            Require(tensor.Equals(read.Router.state_dict()[name]), folder, $"the router's {name}", "its numbers");
        }

        foreach (var (place, category) in written.Categories.Index())
        {
            var (before, after) = (Rewards(category, rows[place]), Rewards(read.Categories[place], rows[place]));
            foreach (var ((what, expected, deviation), found) in before.Zip(after.Select(output => output.Rewards)))
            {
                var tolerance = Math.Max(1e-5 * Math.Max(1, expected.Max(Math.Abs)), 1e-4 * deviation);
                var largest = expected.Zip(found, (first, second) => Math.Abs(first - second)).Max();
                Require(largest <= tolerance, folder, $"{what} of category '{category.Name}'", FormattableString.Invariant($"rewards that are up to {largest:g3} off"));
            }
        }
    }

    private static void Require(bool holds, string folder, string what, string how)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{folder}: saved and read again, {what} gives {how}; expected what was trained. The disk or the memory is at fault, or this is a defect; no model was kept.");
        }
    }

    private static List<(string What, double[] Rewards, double Deviation)> Rewards(ServedCategory category, IReadOnlyList<EncodedConversation> rows)
    {
        var model = category.Model;
        var (ids_BT, length_B) = (LengthBatches.PadRight(rows).to(model.Merged.Device), tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: model.Merged.Device));
        var output = model.Run(model.Merged.Embed(ids_BT), length_B, 0);
        var raw_B = category.Aggregator.forward(category.Scaling.Apply(category.Aggregator.Features(output)));
        return
        [
            ("the base", output.BaseReward_B.ToDoubles(), category.Calibration.Overall.Deviation),
            .. model.Capabilities.Select((name, expert) => ($"the expert '{name}'", output.Reward_BE.select(1, expert).ToDoubles(), category.Calibration.Capabilities[expert].Deviation)),
            ("the aggregator", raw_B.ToDoubles(), category.Calibration.Overall.Deviation),
        ];
    }
}
