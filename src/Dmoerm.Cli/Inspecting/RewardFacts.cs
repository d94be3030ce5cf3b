using System.Text.Encodings.Web;
using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Cli.Inspecting;

/// <summary>How a model from elsewhere gives rewards, and what is known to go wrong with it.</summary>
internal sealed record RewardFacts
{
    /// <summary>The folder with the weights: the model's own, or that of the adapter's base.</summary>
    public required string Folder { get; init; }

    /// <summary>The names of the head's outputs; one is the reward, several are attributes. Empty without a head.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The token that rewards are read at.</summary>
    public required string Pooling { get; init; }

    /// <summary>The token that rows are padded with, by id and, where there is a tokenizer, as it writes it; null where none is set.</summary>
    public required string? PadToken { get; init; }

    /// <summary>The tokens that end a text, likewise.</summary>
    public required IReadOnlyList<string> EndTokens { get; init; }

    /// <summary>How OpenRLHF scales rewards; null where the folder says nothing of it.</summary>
    public required RewardNormalisation? Normalisation { get; init; }

    /// <summary>What is known to go wrong, in sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads the facts of a model that this version can run.</summary>
    /// <exception cref="InvalidDataException">It cannot.</exception>
    public static RewardFacts Of(ClassifierProfile profile)
    {
        var text = new ClassifierText(profile, new ClassifierOptions());
        var tokenizer = text.Tokenizer;
        return new RewardFacts
        {
            Folder = profile.Folder,
            Labels = profile.HasHead ? profile.Labels : [],
            Pooling = RewardToken.Describe(profile.HasHead ? profile.Pooling : PoolingRule.Last, profile.Backbone.Config.PadId),
            PadToken = profile.Backbone.Config.PadId is { } pad ? Name(tokenizer, pad) : null,
            EndTokens = [.. profile.EndIds.Select(id => Name(tokenizer, id))],
            Normalisation = profile.Normalisation,
            Warnings = [.. FolderWarnings.Of(profile, text, isClockFixed: false)],
        };
    }

    private static string Name(Tokenizer? tokenizer, int id)
    {
        try
        {
            return tokenizer is null ? $"{id}" : $"{id} ('{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(tokenizer.Decode([id]))}')";
        }
        catch (ArgumentException)
        {
            return $"{id} (which the tokenizer does not have)";
        }
    }
}
