using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using TorchSharp.Modules;

namespace Dmoerm.Experts;

// Dimensions: E = experts, I = input width, O = output width, R = LoRA rank.

/// <summary>The adapters of E experts, stacked so that one product serves all.</summary>
/// <remarks>Source: LoRA as PEFT starts it, A uniform in +-1/sqrt(I) (Kaiming with a = sqrt 5) and B zero, so a new adapter changes nothing.</remarks>
public sealed class StackedAdapters
{
    private readonly Dictionary<(int Layer, Target Target), (Parameter A_ERI, Parameter B_EOR)> _parameters = [];

    private StackedAdapters(LoraSettings settings, int numExperts)
    {
        Settings = settings;
        NumExperts = numExperts;
    }

    /// <summary>Adapters that differ in shape or have gains and shifts, and are not trained: they have updates, but no parameters.</summary>
    /// <param name="config">The backbone's shape.</param>
    /// <param name="updates">What they change, at least one projection; ranks are padded with zeros where experts differ.</param>
    /// <param name="numExperts">E.</param>
    internal StackedAdapters(BackboneConfig config, LowRankSet updates, int numExperts)
        : this(
            new LoraSettings
            {
                Rank = (int)updates.Updates.Max(update => update.Update.A_ERI.shape[1]),
                Targets = [.. updates.Updates.Select(update => update.Place.Target).Distinct().Order()],
                Layers = new LayerChoice(config.NumLayers - updates.Updates.Min(update => update.Place.Layer)),
            },
            numExperts)
    {
        (Updates, IsFixed) = (updates, true);
    }

    /// <summary>The adapters cannot be trained: their experts may differ in shape.</summary>
    public bool IsFixed { get; }

    /// <summary>The adapters' shape; where experts differ, the largest rank, and every projection and layer that one of them changes.</summary>
    public LoraSettings Settings { get; }

    /// <summary>E.</summary>
    public int NumExperts { get; }

    /// <summary>The updates as the decoder takes them; they share memory with the parameters.</summary>
    public LowRankSet Updates { get; } = new();

    /// <summary>The updates of one training step: with dropout, where the settings ask for it.</summary>
    public LowRankSet UpdatesOf(AdapterDropout step)
    {
        if (Settings.Dropout == 0)
        {
            return Updates;
        }

        var dropping = new LowRankSet();
        foreach (var ((layer, target), update) in Updates.Updates)
        {
            dropping.Add(layer, target, update with { Dropout = step.At(layer, target, Settings.Dropout) });
        }

        return dropping;
    }

    /// <summary>Every parameter (without gradient until a phase trains it) with the path of its projection, such as <c>layers.0.self_attn.q_proj.lora_A</c>; the first dimension is E.</summary>
    public IEnumerable<(string Name, Parameter Tensor)> Named()
    {
        foreach (var ((layer, target), (a_ERI, b_EOR)) in _parameters)
        {
            yield return ($"layers.{layer}.{target.ModulePath()}.lora_A", a_ERI);
            yield return ($"layers.{layer}.{target.ModulePath()}.lora_B", b_EOR);
        }
    }

    /// <summary>Fresh adapters, every expert from its own part of the random stream.</summary>
    public static StackedAdapters Create(BackboneConfig config, LoraSettings settings, int numExperts, long seed, ScalarType dtype = ScalarType.Float32)
    {
        using var random = new Generator((ulong)seed);
        return Build(config, settings, numExperts, (_, target) =>
        {
            var (inputs, outputs) = target.Widths(config);
            var a_ERI = (rand([numExperts, settings.Rank, inputs], ScalarType.Float64, generator: random) * 2 - 1) / Math.Sqrt(inputs);
            return (a_ERI.to(dtype), zeros(numExperts, outputs, settings.Rank, dtype));
        });
    }

    /// <summary>Adapters from given tensors.</summary>
    /// <param name="config">The backbone's shape.</param>
    /// <param name="settings">The adapters' shape.</param>
    /// <param name="numExperts">E.</param>
    /// <param name="take">Gives A [E, R, I] and B [E, O, R] of a projection; both are copied.</param>
    public static StackedAdapters Build(BackboneConfig config, LoraSettings settings, int numExperts, Func<int, Target, (Tensor A_ERI, Tensor B_EOR)> take)
    {
        var stack = new StackedAdapters(settings, numExperts);
        for (var layer = settings.Layers.From(config); layer < config.NumLayers; layer++)
        {
            foreach (var target in settings.Targets)
            {
                using var scope = NewDisposeScope();
                var (a_ERI, b_EOR) = take(layer, target);
                stack.Add(layer, target, ParameterOf(a_ERI), ParameterOf(b_EOR));
            }
        }

        return stack;
    }

    /// <summary>Some experts' adapters, in new memory.</summary>
    /// <param name="config">The backbone's shape.</param>
    /// <param name="experts">Where each of them comes from: a stack, and its place in it. All stacks have one shape.</param>
    /// <exception cref="ArgumentException">One is of fixed adapters, whose gains and shifts would be lost.</exception>
    public static StackedAdapters Gather(BackboneConfig config, IReadOnlyList<(StackedAdapters Stack, int Expert)> experts) => experts.Any(source => source.Stack.IsFixed)
        ? throw new ArgumentException("Expected stacks that were trained here, came one of imported adapters.", nameof(experts))
        :
        Build(config, experts[0].Stack.Settings, experts.Count, (layer, target) =>
        {
            var updates = experts.Select(source => (Update: source.Stack.Updates[layer, target]!, source.Expert)).ToArray();
            return (stack(updates.Select(source => source.Update.A_ERI[source.Expert])), stack(updates.Select(source => source.Update.B_EOR[source.Expert])));
        });

    /// <summary>The same adapters in new memory.</summary>
    public StackedAdapters Clone()
    {
        var copy = new StackedAdapters(Settings, NumExperts);
        foreach (var ((layer, target), (a_ERI, b_EOR)) in _parameters)
        {
            copy.Add(layer, target, ParameterOf(a_ERI), ParameterOf(b_EOR));
        }

        return copy;
    }

    private static Parameter ParameterOf(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor.detach().clone(), requires_grad: false);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    private void Add(int layer, Target target, Parameter a_ERI, Parameter b_EOR)
    {
        _parameters[(layer, target)] = (a_ERI, b_EOR);
        Updates.Add(layer, target, new LowRank(a_ERI, b_EOR, Settings.Scale));
    }
}
