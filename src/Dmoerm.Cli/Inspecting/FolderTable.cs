using Dmoerm.Backbones;

namespace Dmoerm.Cli.Inspecting;

/// <summary>The facts of a folder that others made, for people, in plain characters.</summary>
internal static class FolderTable
{
    /// <summary>Writes what the folder is and whether a model can stand on it.</summary>
    public static void Write(string folder, FolderFacts facts, TextWriter writer)
    {
        foreach (var line in Lines(folder, facts))
        {
            writer.WriteLine(line);
        }
    }

    /// <summary>A decoder in a sentence.</summary>
    public static string Shape(BackboneSummary backbone)
    {
        var config = backbone.Config;
        return $"{config.Architecture ?? config.ModelType}, {config.NumLayers} layers of width {config.HiddenSize} (MLP {config.IntermediateSize}, {config.NumHeads} query and {config.NumKeyValueHeads} key heads of {config.HeadSize}), "
            + $"{WeightSize.Count(config.VocabularySize)} token ids, up to {WeightSize.Count(config.MaxPositions)} positions; {WeightSize.Count(backbone.Parameters)} parameters as {string.Join(", ", backbone.Types)}, {WeightSize.Length(backbone.Bytes)}; {Head(backbone)}";
    }

    private static IEnumerable<string> Lines(string folder, FolderFacts facts)
    {
        yield return $"{folder}: {(facts.Kind[0] == 'O' ? "an" : "a")} {facts.Kind}{(facts.Architecture is null ? "" : $" ({facts.Architecture})")}.";
        if (facts.Backbone is { } backbone)
        {
            yield return $"model: {Shape(backbone)}";
            yield return backbone.Unused.Count == 0 ? "tensors that are left out: none" : $"tensors that are left out: {string.Join(", ", backbone.Unused)}";
            yield return $"a reward is read at: {facts.Rewards?.Pooling ?? backbone.Pooling}";
        }
        else if (facts.Weights is { } weights)
        {
            yield return $"weights: {WeightSize.Count(weights.Parameters)} numbers in safetensors files, {WeightSize.Length(weights.Bytes)}";
        }

        foreach (var line in facts.Rewards is { } rewards ? RewardLines(rewards) : [])
        {
            yield return line;
        }

        foreach (var (name, value) in facts.Adapter ?? new Dictionary<string, string>())
        {
            yield return $"{name}: {value}";
        }

        if (facts.Tokenizer is not null)
        {
            yield return $"tokenizer: {facts.Tokenizer}";
            yield return facts.Template is not null ? $"chat template: {facts.Template}" : $"chat template: none that can be rendered: the recipe needs a backbone.chatTemplate that can, or data with render: text. {facts.TemplateProblem}";
        }

        foreach (var line in Verdict(facts).Concat(facts.Rewards?.Warnings.Select(warning => $"warning: {warning}") ?? []))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> RewardLines(RewardFacts rewards)
    {
        yield return rewards.Labels.Count switch
        {
            0 => "rewards: none, as it has no head for them; a recipe can train one.",
            1 => $"rewards: the head's one output ({rewards.Labels[0]}), as it is.",
            _ => $"rewards: the head's {rewards.Labels.Count} outputs are attributes, {string.Join(", ", rewards.Labels)}; 'score --weights' makes one reward of them.",
        };
        if (rewards.Normalisation is { Applies: true } scale)
        {
            yield return FormattableString.Invariant($"  normalised as OpenRLHF does: (raw - {scale.Mean}) / {scale.Deviation}");
        }

        yield return $"pad token: {rewards.PadToken ?? "none"}; a text ends in: {(rewards.EndTokens.Count == 0 ? "not stated" : string.Join(", ", rewards.EndTokens))}";
    }

    private static IEnumerable<string> Verdict(FolderFacts facts)
    {
        yield return facts.Obstacles.Count == 0
            ? "A recipe can name it as its backbone."
            : $"This version cannot use it as a backbone: {string.Join(" ", facts.Obstacles)}";
        if (facts.Verification is { Full: true, Faults.Count: 0 })
        {
            yield return $"All numbers of {facts.Verification.Files} safetensors files were read and are finite; there are no hashes to compare them with.";
        }
    }

    private static string Head(BackboneSummary backbone) => backbone.Head switch
    {
        HeadKind.Score => $"classifier's head with {backbone.Config.HeadOutputs} output{(backbone.Config.HeadOutputs == 1 ? "" : "s")}",
        HeadKind.Language => "language model's head of its own",
        HeadKind.TiedLanguage => "language model's head tied to the embedding",
        _ => "no head",
    };
}
