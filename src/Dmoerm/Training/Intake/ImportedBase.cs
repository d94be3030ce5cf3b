using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;

namespace Dmoerm.Training.Intake;

// Dimensions: D = hidden size.

/// <summary>The base of an imported category: the folder as it is, with its own head where it has one.</summary>
/// <param name="Scorers">The head on an adapter that changes nothing, so that an artefact has the same files as any other.</param>
/// <param name="HasHead">The folder is a reward model, and its reward can be an input of the aggregator.</param>
/// <param name="Notes">What a user should know.</param>
internal sealed record ImportedBase(StackedScorers Scorers, bool HasHead, IReadOnlyList<string> Notes)
{
    /// <summary>Takes a folder as base.</summary>
    public static ImportedBase Of(BackboneCheckpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        var (backbone, head_LD) = (checkpoint.Backbone, checkpoint.ScoreHead_LD);
        var settings = new LoraSettings { Rank = 1, Targets = [Target.Query], Layers = new LayerChoice(1) };
        var adapters = StackedAdapters.Build(backbone.Config, settings, 1, (_, target) => (zeros(1, 1, target.Widths(backbone.Config).Inputs), zeros(1, target.Widths(backbone.Config).Outputs, 1)));
        var isOne = head_LD?.shape[0] == 1;
        string[] notes = isOne ? [] :
        [
            head_LD is null
                ? "The base folder has no head, so it has no reward of its own."
                : $"The base folder's head gives {head_LD.shape[0]} numbers instead of one, so it is left out: the base has no reward of its own.",
        ];
        return new ImportedBase(new StackedScorers(backbone, adapters, isOne ? head_LD! : zeros(1, backbone.Config.HiddenSize)), isOne, notes);
    }
}
