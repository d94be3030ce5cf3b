namespace Dmoerm.Artefacts.Exports;

/// <summary>What is to leave a trained model.</summary>
/// <param name="Model">The model's folder.</param>
/// <param name="Kind">How.</param>
/// <param name="Category">Of which category.</param>
/// <param name="Capability">Which expert; null for the category's base.</param>
public sealed record ExportRequest(string Model, ExportKind Kind, string Category, string? Capability)
{
    /// <summary>How <c>adapter_config.json</c> names the model that the adapter sits on; null for the folder inside <see cref="Model"/>.</summary>
    public string? BaseName { get; init; }

    /// <summary>The token that batches are padded with; null chooses one that no conversation ends in.</summary>
    public string? PadToken { get; init; }
}

/// <summary>How a part of a model leaves it.</summary>
public enum ExportKind
{
    /// <summary>An adapter with its head, for PEFT.</summary>
    Peft,

    /// <summary>A whole classifier, for transformers.</summary>
    Merged,
}

/// <summary>What was written, and how it was checked.</summary>
public sealed record ExportReport
{
    /// <summary>Where it lies.</summary>
    public required string Folder { get; init; }

    /// <summary>What it is.</summary>
    public required ExportKind Kind { get; init; }

    /// <summary>The category.</summary>
    public required string Category { get; init; }

    /// <summary>The expert; null for the category's base.</summary>
    public required string? Capability { get; init; }

    /// <summary>The folder of the model that the adapter is loaded on; null for a whole classifier.</summary>
    public string? LoadOn { get; init; }

    /// <summary>The token to pad batches with, in which no conversation ends: a classifier names it, of an adapter's base it is to be set. Null for an adapter where no special token will do.</summary>
    public string? PadToken { get; init; }

    /// <summary>Its id (<c>pad_token_id</c>).</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Mean of its rewards over validation responses; null where that was not measured.</summary>
    public double? Mean { get; init; }

    /// <summary>Their standard deviation; null where that was not measured.</summary>
    public double? Deviation { get; init; }

    /// <summary>Conversations whose rewards were compared, after the folder was read back.</summary>
    public required int Compared { get; init; }

    /// <summary>The largest difference that was found.</summary>
    public required double LargestDifference { get; init; }

    /// <summary>What a user should know, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
