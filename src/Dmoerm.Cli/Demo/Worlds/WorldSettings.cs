namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>How large and how noisy a planted world is.</summary>
internal sealed record WorldSettings
{
    /// <summary>A world without flipped preferences in which all categories want the same, so that experts have little to win.</summary>
    public static WorldSettings Control { get; } = new() { OneTaste = true, FlippedPreferences = 0 };

    /// <summary>All categories weigh the same capabilities alike; false lets them contradict each other.</summary>
    public bool OneTaste { get; init; }

    /// <summary>Training prompts of each category; all have capability labels.</summary>
    public int TrainingPrompts { get; init; } = 600;

    /// <summary>How many of the training prompts have preferences too; the first ones.</summary>
    public int PreferencePrompts { get; init; } = 300;

    /// <summary>Validation prompts of each category, labelled as noisily as the training prompts.</summary>
    public int ValidationPrompts { get; init; } = 100;

    /// <summary>Test prompts of each category, labelled by the gold reward.</summary>
    public int TestPrompts { get; init; } = 150;

    /// <summary>Responses to each prompt.</summary>
    public int Responses { get; init; } = 4;

    /// <summary>Share in [0, 1] of preferences that name the worse response.</summary>
    public double FlippedPreferences { get; init; } = 0.3;

    /// <summary>Share in [0, 1] of capability labels that name the worse response.</summary>
    public double FlippedCapabilities { get; init; } = 0.2;

    /// <summary>Share in [0, 1] of prompts that do not show their category.</summary>
    public double VagueShare { get; init; } = 0.04;
}
