using Dmoerm.Backbones;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>What a reward model from elsewhere is made of, in memory.</summary>
/// <param name="Profile">What its files say.</param>
/// <param name="Checkpoint">Decoder and head.</param>
/// <param name="Text">How it reads conversations.</param>
internal sealed record ClassifierParts(ClassifierProfile Profile, BackboneCheckpoint Checkpoint, ClassifierText Text) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Checkpoint.Dispose();
}
