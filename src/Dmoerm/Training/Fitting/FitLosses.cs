using Dmoerm.Conversations;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers, B = rows of a batch.

/// <summary>The losses of a stack of scorers on a step, with their gradients, and on validation data.</summary>
/// <param name="judged">What each scorer learns.</param>
/// <param name="settings">Which loss.</param>
/// <param name="seed">Seeds what is random inside a step.</param>
/// <param name="reward">From the rows of a batch, and a seed for each scorer, to rewards [E, B] with their gradient.</param>
/// <param name="predict">From rows to rewards, without gradient.</param>
internal sealed class FitLosses(
    IReadOnlyList<string?> judged, LossSettings settings, long seed,
    Func<IReadOnlyList<EncodedConversation>, IReadOnlyList<long>, Tensor> reward, Func<IReadOnlyList<EncodedConversation>, Tensor> predict)
{
    // Centring says nothing of how well preferences are met: it would choose between steps by the size of rewards.
    private readonly LossSettings _validated = settings with { Centre = 0 };

    /// <summary>Adds up the gradients of a step. Its batches go one after another, so that one at a time is in memory.</summary>
    /// <param name="step">The step.</param>
    /// <param name="taken">[E] steps that each scorer has taken before.</param>
    /// <returns>[E] means over the batches that teach a scorer; null where none does.</returns>
    public double?[] Backward(TrainingStep step, int[] taken)
    {
        var (means, done) = (new double?[judged.Count], new int[judged.Count]);
        foreach (var batch in step.Batches)
        {
            using var scope = NewDisposeScope();
            var reward_EB = reward(batch.Rows, [.. judged.Select((_, scorer) => DropoutSeed(scorer, taken[scorer], done[scorer]))]);
            var losses = batch.Judged.Select((pairs, scorer) => pairs.Count == 0 ? null : pairs.Loss(reward_EB.select(0, scorer), settings) / step.BatchesOf(scorer)).ToArray();
            losses.OfType<Tensor>().Aggregate((left, right) => left + right).backward();
            for (var scorer = 0; scorer < judged.Count; scorer++)
            {
                if (losses[scorer] is { } loss)
                {
                    means[scorer] = (means[scorer] ?? 0) + loss.to(ScalarType.Float64).item<double>();
                    done[scorer]++;
                }
            }
        }

        return means;
    }

    /// <summary>The losses that early stopping looks at.</summary>
    /// <returns>[E], null for a scorer without a label; null without data.</returns>
    public double?[]? Validate(TrainingBatch? validation)
    {
        if (validation is null)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var reward_EB = predict(validation.Rows);
        return [.. validation.Judged.Select((pairs, scorer) => pairs.Count == 0 ? (double?)null : pairs.Loss(reward_EB.select(0, scorer), _validated).to(ScalarType.Float64).item<double>())];
    }

    /// <summary>The first loss that is no number, in a sentence; null where all are numbers.</summary>
    /// <param name="losses">Of each step, then of each scorer.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="before">Steps that are not in the list.</param>
    public string? Divergence(IReadOnlyList<IReadOnlyList<double?>> losses, double rate, int before = 0)
    {
        static bool IsNone(double? loss) => loss is { } known && !double.IsFinite(known);
        var step = losses.ToList().FindIndex(of => of.Any(IsNone));
        if (step < 0)
        {
            return null;
        }

        var scorer = losses[step].ToList().FindIndex(IsNone);
        var of = judged[scorer] is { } capability ? $" of {capability}" : "";
        return FormattableString.Invariant($"expected a finite loss, came {losses[step][scorer]}{of} in step {before + step + 1} at a learning rate of {rate}.");
    }

    // By the scorer's own steps and batches, so that it draws the same whoever is trained beside it.
    private long DropoutSeed(int scorer, int step, int batch) => Seed.Of(seed, $"dropout/{judged[scorer] ?? "overall"}/{step}", batch);
}

/// <summary>A loss became no number, and there is nothing to fall back on.</summary>
/// <param name="message">Where, at which learning rate, and what to change.</param>
public sealed class DivergedException(string message) : ArithmeticException(message);
