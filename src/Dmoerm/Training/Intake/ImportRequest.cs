using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;

namespace Dmoerm.Training.Intake;

/// <summary>Adapters from elsewhere that are to become a model of one category.</summary>
public sealed record ImportRequest
{
    /// <summary>The Hugging Face folder that all of them were trained on.</summary>
    public required string Base { get; init; }

    /// <summary>Its name on the hub, where it came from there; null for the folder's own.</summary>
    public string? BaseName { get; init; }

    /// <summary>The category's name; the model's too.</summary>
    public required string Category { get; init; }

    /// <summary>The experts, in order.</summary>
    public required IReadOnlyList<ImportedExpert> Experts { get; init; }

    /// <summary>Preference files that aggregator, scale and temperature are fitted on; empty takes the mean of the experts.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>How conversations become text.</summary>
    public Rendering Render { get; init; }

    /// <summary>A file with the chat template; null takes the base's.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Variables and date for the chat template, the same in use; null for none.</summary>
    public TemplateSettings? Template { get; init; }

    /// <summary>Longest conversation in tokens.</summary>
    public int MaxTokens { get; init; } = new EncodingOptions().MaxTokens;
}

/// <summary>An adapter that is to become an expert.</summary>
/// <param name="Name">Its capability.</param>
/// <param name="Folder">Its PEFT folder.</param>
/// <param name="FolderName">Its name on the hub, where it came from there; null for the folder's own.</param>
public sealed record ImportedExpert(string Name, string Folder, string? FolderName = null);

/// <summary>What an import made.</summary>
public sealed record ImportReport
{
    /// <summary>The model's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The category.</summary>
    public required string Category { get; init; }

    /// <summary>Its experts.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>How the aggregator was fitted; null without data.</summary>
    public ImportFit? Fit { get; init; }

    /// <summary>What a user should know, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>How an aggregator was fitted.</summary>
/// <param name="TrainingPrompts">Prompts that it learnt from.</param>
/// <param name="ValidationPrompts">Prompts that stopped the fit and calibrate.</param>
/// <param name="Preferences">Validation comparisons that prefer one side; the shares are of these.</param>
/// <param name="Agreement">Share in [0, 1] that the model agrees with.</param>
/// <param name="MeanAgreement">Share that the mean of the standardised experts agrees with.</param>
/// <param name="BaseAgreement">Share that the base's own head agrees with; null where the base has none.</param>
public sealed record ImportFit(int TrainingPrompts, int ValidationPrompts, int Preferences, double Agreement, double MeanAgreement, double? BaseAgreement);
