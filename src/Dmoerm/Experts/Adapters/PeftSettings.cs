namespace Dmoerm.Experts.Adapters;

/// <summary>What <c>adapter_config.json</c> says, as far as it changes numbers; what it leaves out has PEFT's default.</summary>
/// <remarks>Source: folders that PEFT 0.21 wrote, and what it did with nearly right ones (shared reference adapters).</remarks>
public sealed record PeftSettings
{
    /// <summary>Which projections have an update.</summary>
    public required PeftTargets Targets { get; init; }

    /// <summary>R of updates that no pattern names.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Alpha of updates that no pattern names.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Ranks by pattern; the first that fits a module holds.</summary>
    public IReadOnlyList<(PeftPattern Pattern, int Rank)> RankPattern { get; init; } = [];

    /// <summary>Alphas by pattern; the first that fits a module holds.</summary>
    public IReadOnlyList<(PeftPattern Pattern, double Alpha)> AlphaPattern { get; init; } = [];

    /// <summary>The scale is alpha / sqrt(r) instead of alpha / r (<c>use_rslora</c>).</summary>
    public bool RootScale { get; init; }

    /// <summary>Each row of a changed weight has a magnitude of its own (<c>use_dora</c>).</summary>
    public bool Magnitudes { get; init; }

    /// <summary>B has a bias (<c>lora_bias</c>).</summary>
    public bool UpdateBias { get; init; }

    /// <summary>Which of the model's own biases were trained.</summary>
    public PeftBias Bias { get; init; }

    /// <summary>Modules that are stored whole, such as the head.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Such as <c>SEQ_CLS</c>; null where the file does not say.</summary>
    public string? TaskType { get; init; }

    /// <summary>The model that the adapter was made for, as the file names it; null where it does not.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The file must hold a head: the task is classification, or the head is among the modules to save.</summary>
    public bool ExpectsHead => TaskType == "SEQ_CLS" || Saves(HeadModule);

    /// <summary>The head's name in a classifier.</summary>
    internal const string HeadModule = "score";

    /// <summary>R of a module's update.</summary>
    /// <param name="module">The path in the classifier, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    public int RankOf(string module) => RankPattern.Where(entry => entry.Pattern.Ends(module)).Select(entry => (int?)entry.Rank).FirstOrDefault() ?? Rank;

    /// <summary>What <c>B A x</c> of a module is multiplied by.</summary>
    public double ScaleOf(string module)
    {
        var alpha = AlphaPattern.Where(entry => entry.Pattern.Ends(module)).Select(entry => (double?)entry.Alpha).FirstOrDefault() ?? Alpha;
        return alpha / (RootScale ? Math.Sqrt(RankOf(module)) : RankOf(module));
    }

    /// <summary>The module has a low-rank update.</summary>
    public bool Updates(string module) => !Saves(module) && Targets.Contains(module);

    /// <summary>The module, or one that it is part of, is stored whole: its path ends in one of <see cref="ModulesToSave"/>.</summary>
    public bool Saves(string module)
    {
        for (var end = module.Length; end > 0; end = module.LastIndexOf('.', end - 1))
        {
            if (ModulesToSave.Any(name => module.AsSpan(0, end).EndsWith(name, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
