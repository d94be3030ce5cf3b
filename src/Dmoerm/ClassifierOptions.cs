using System.Text.Json;
using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Data;

namespace Dmoerm;

/// <summary>What the folder of a reward model from elsewhere does not say, or says otherwise than its user wants.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The model that a PEFT adapter sits on; null takes what the adapter names, where that is a folder.</summary>
    public string? Base { get; init; }

    /// <summary>The token that rewards are read at; null takes the rule of those who trained the model.</summary>
    public PoolingRule? Pooling { get; init; }

    /// <summary>How the outputs of a model with several make one reward: the weight of each label, 0 for those that are not named. Null makes none.</summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }

    /// <summary>A file with a chat template in the place of the folder's.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>What the template may read beside the messages, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement> TemplateVariables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The day that a template gets which asks for it; null is today.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>What tells today.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How a conversation becomes one text.</summary>
    public Rendering Render { get; init; } = Rendering.Chat;

    /// <summary>The seed of a new head for a folder that has none. Rewards mean nothing before such a head is trained.</summary>
    public long? NewHead { get; init; }

    /// <summary>Told in a sentence what is known to go wrong with the folder, and, at the first conversation where they differ, that two rules read other tokens.</summary>
    public Action<string>? Warn { get; init; }
}
