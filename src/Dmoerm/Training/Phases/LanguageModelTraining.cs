using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Training.Settings;
using TorchSharp.Modules;

namespace Dmoerm.Training.Phases;

// Dimensions: B = batch, T = tokens, D = hidden size, V = vocabulary, N = B x (T - 1) predicted tokens.

/// <summary>Trains a small decoder from random weights to predict the next token, where no pretrained backbone is at hand.</summary>
public static class LanguageModelTraining
{
    private const long Ignored = -100;

    /// <summary>Trains a decoder.</summary>
    /// <param name="config">The decoder's shape.</param>
    /// <param name="texts">Token ids, taken in this order and from the start again when they run out; each at least 2 tokens.</param>
    /// <param name="settings">How to train.</param>
    /// <param name="random">Source of chance for weights and the order of batches; equal seeds give bit-equal weights.</param>
    /// <param name="progress">Told after each step; null for nobody.</param>
    /// <returns>The decoder; its weights need no gradient and belong to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no text, one is too short, or an id is not in the vocabulary.</exception>
    public static Backbone Train(
        BackboneConfig config, IReadOnlyList<int[]> texts, LanguageModelSettings settings, Generator random, Action<LanguageModelStep>? progress = null)
    {
        Check(config, texts);
        using var scope = NewDisposeScope();
        var weights = Initialise(config, settings, random);
        var parameters = weights.Named().Select(pair => (Parameter)pair.Tensor).ToArray();
        using var backbone = new Backbone(config, weights);
        using var optimizer = optim.AdamW(parameters, settings.LearningRate, settings.Beta1, settings.Beta2, weight_decay: settings.WeightDecay);
        var step = 0;
        foreach (var batch in Batches(texts, settings, random))
        {
            using var stepScope = NewDisposeScope();
            optimizer.ParamGroups.Single().LearningRate = LearningRate(settings, step);
            optimizer.zero_grad();
            var loss = Loss(backbone, batch);
            loss.backward();
            nn.utils.clip_grad_norm_(parameters, settings.ClipNorm);
            optimizer.step();
            step++;
            progress?.Invoke(new LanguageModelStep(step, settings.Steps, loss.item<float>()));
        }

        return new Backbone(config, weights.Map((_, parameter) => parameter.detach().MoveToOuterDisposeScope()));
    }

    /// <summary>Mean cross-entropy of the next token, over all tokens of a batch but each text's first.</summary>
    /// <param name="backbone">The decoder; its embedding is also the head.</param>
    /// <param name="texts">Token ids of each text.</param>
    /// <returns>A scalar in nats.</returns>
    public static Tensor Loss(Backbone backbone, IReadOnlyList<int[]> texts)
    {
        using var scope = NewDisposeScope();
        var longest = texts.Max(text => text.Length);
        var (inputs, targets) = (new long[texts.Count, longest - 1], new long[texts.Count, longest - 1]);
        for (var row = 0; row < texts.Count; row++)
        {
            for (var place = 0; place < longest - 1; place++)
            {
                var inside = place + 1 < texts[row].Length;
                inputs[row, place] = inside ? texts[row][place] : 0;
                targets[row, place] = inside ? texts[row][place + 1] : Ignored;
            }
        }

        var hidden_ND = backbone.Hidden(tensor(inputs, device: backbone.Device)).flatten(0, 1);
        var logits_NV = backbone.Logits(hidden_ND, backbone.Weights.Embedding_VD);
        var target_N = tensor(targets, device: backbone.Device).flatten();
        return nn.functional.cross_entropy(logits_NV, target_N, ignore_index: Ignored).MoveToOuterDisposeScope();
    }

    private static BackboneWeights Initialise(BackboneConfig config, LanguageModelSettings settings, Generator random) =>
        BackboneWeights.Build(config, (name, shape) =>
        {
            if (shape.Length == 1)
            {
                // Norms start at a scale of 1, which some families write as 0.
                return new Parameter(config.UnitOffsetNorms || name.EndsWith(".bias", StringComparison.Ordinal) ? zeros(shape) : ones(shape));
            }

            // Projections keep the size of their input; what is added to the residual stream starts smaller.
            var deviation = name switch
            {
                "embed_tokens.weight" => settings.EmbeddingDeviation,
                _ when name.Contains("o_proj", StringComparison.Ordinal) || name.Contains("down_proj", StringComparison.Ordinal) => 0.5 / Math.Sqrt(shape[1]),
                _ => 1 / Math.Sqrt(shape[1]),
            };
            return new Parameter(randn(shape, generator: random).mul_(deviation));
        });

    private static IEnumerable<int[][]> Batches(IReadOnlyList<int[]> texts, LanguageModelSettings settings, Generator random)
    {
        for (var first = 0; first < settings.Steps; first += settings.SortedSteps)
        {
            var steps = Math.Min(settings.SortedSteps, settings.Steps - first);
            var pool = Enumerable.Range(first * settings.BatchTexts, steps * settings.BatchTexts)
                .Select(index => texts[index % texts.Count]).OrderBy(text => text.Length).Chunk(settings.BatchTexts).ToArray();
            using var order = randperm(steps, generator: random);
            foreach (var index in order.data<long>().ToArray())
            {
                yield return pool[index];
            }
        }
    }

    private static double LearningRate(LanguageModelSettings settings, int step)
    {
        var warmUp = Math.Min(1, (step + 1.0) / settings.WarmUpSteps);
        return settings.LearningRate * warmUp * (0.5 + 0.5 * Math.Cos(Math.PI * step / settings.Steps));
    }

    private static void Check(BackboneConfig config, IReadOnlyList<int[]> texts)
    {
        if (texts.Count == 0)
        {
            throw new ArgumentException("Expected at least one text to train on, got none.", nameof(texts));
        }

        for (var index = 0; index < texts.Count; index++)
        {
            if (texts[index].Length < 2)
            {
                throw new ArgumentException($"Expected texts of at least 2 tokens; text {index} has {texts[index].Length}.", nameof(texts));
            }

            if (texts[index].Any(id => id < 0 || id >= config.VocabularySize))
            {
                throw new ArgumentException($"Text {index} holds a token id outside the vocabulary of {config.VocabularySize}.", nameof(texts));
            }
        }
    }
}

/// <summary>Where a training of a language model stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Loss">The step's mean cross-entropy in nats, before its update.</param>
public sealed record LanguageModelStep(int Step, int Steps, double Loss);
