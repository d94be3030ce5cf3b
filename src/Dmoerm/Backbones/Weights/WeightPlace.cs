using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Weights;

/// <summary>Where the files hold a weight: in a tensor of its own, or in rows of one that holds several.</summary>
/// <param name="Name">The file's tensor, without the <c>model.</c> prefix.</param>
/// <param name="Shape">Its whole shape.</param>
/// <param name="FirstRow">The weight's first row in it.</param>
/// <param name="Rows">How many rows are the weight's.</param>
internal sealed record WeightPlace(string Name, long[] Shape, long FirstRow, long Rows)
{
    /// <summary>A tensor that is all the weight's own.</summary>
    public static WeightPlace Whole(string name, long[] shape) => new(name, shape, 0, shape[0]);

    /// <summary>The place of a weight in a family's files.</summary>
    /// <param name="config">The decoder.</param>
    /// <param name="name">Its name among <see cref="BackboneWeights"/>, such as <c>layers.0.self_attn.k_proj.weight</c>.</param>
    /// <param name="shape">Its shape.</param>
    public static WeightPlace Of(BackboneConfig config, string name, long[] shape)
    {
        foreach (var (fused, parts) in FusedTargets.ModulesOf(config).Where(module => module.Parts.Count > 1))
        {
            foreach (var part in parts)
            {
                var module = $".{part.ModulePath()}.weight";
                if (name.EndsWith(module, StringComparison.Ordinal))
                {
                    var (first, total) = (parts.TakeWhile(other => other != part).Sum(other => other.Widths(config).Outputs), parts.Sum(other => other.Widths(config).Outputs));
                    return new WeightPlace($"{name[..^module.Length]}.{fused}.weight", [total, .. shape[1..]], first, shape[0]);
                }
            }
        }

        return Whole(name, shape);
    }

    /// <summary>Weights as a family's files hold them: those that share a tensor are joined.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Join(BackboneConfig config, IEnumerable<(string Name, Tensor Tensor)> weights) =>
        weights.Select(weight => (Place: Of(config, weight.Name, weight.Tensor.shape), weight.Tensor))
            .GroupBy(weight => weight.Place.Name)
            .Select(parts => (parts.Key, parts.Count() == 1 ? parts.First().Tensor : cat([.. parts.OrderBy(part => part.Place.FirstRow).Select(part => part.Tensor)])));
}
