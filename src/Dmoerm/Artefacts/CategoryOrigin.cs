using System.Text.Json;
using Dmoerm.Data.Categories;

namespace Dmoerm.Artefacts;

/// <summary>What a category was trained from. A model that grew from another keeps the old categories' own.</summary>
public sealed record CategoryOrigin
{
    /// <summary>Version of the product that trained it.</summary>
    public required string Tool { get; init; }

    /// <summary>The recipe that trained it, cut down to what this category depends on; file names without the machine's paths.</summary>
    public required JsonElement Recipe { get; init; }

    /// <summary>Its training data.</summary>
    public required DataFingerprint Data { get; init; }
}

/// <summary>A model, told by name and contents.</summary>
/// <param name="Name">Its recipe's name.</param>
/// <param name="Hash">XxHash128 of its <c>dmoerm.json</c>, which holds the hashes of all its other files.</param>
public sealed record ModelIdentity(string Name, string Hash)
{
    /// <summary>Reads a model's identity.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="InvalidDataException">It is no artefact, or of another schema version.</exception>
    public static ModelIdentity Of(string folder)
    {
        var manifest = ArtefactFolder.ReadManifest(folder);
        return new ModelIdentity(manifest.Name, FileFingerprint.Of(Path.Combine(folder, ArtefactFolder.ManifestName)).Xxh128);
    }
}
