using Dmoerm.Hub;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Starts;

/// <summary>A recipe whose names of the hub are files of this machine, and what they stood for.</summary>
/// <param name="Local">The recipe with local paths only.</param>
/// <param name="Sources">What each name was; empty where the recipe names local files only.</param>
internal sealed record HubRecipe(TrainingRecipe Local, IReadOnlyList<HubSource> Sources)
{
    /// <summary>Gets what a recipe names.</summary>
    /// <param name="resolved">The recipe, resolved: what is no absolute path is a name of the hub.</param>
    /// <param name="known">What names stood for when the run was started: those are got again, whatever the hub has today.</param>
    /// <param name="make">Makes what gets them; null is as the environment says.</param>
    public static HubRecipe Get(TrainingRecipe resolved, IReadOnlyList<HubSource> known, Func<HubDownload>? make)
    {
        HubDownload? hub = null;
        var got = new Dictionary<(HubKind, string), HubSnapshot>();
        HubSnapshot Snapshot(HubReference reference)
        {
            var key = (reference.Kind, $"{reference}");
            if (!got.TryGetValue(key, out var snapshot))
            {
                hub ??= make?.Invoke() ?? new HubDownload(HubSettings.FromEnvironment());
                snapshot = got[key] = known.FirstOrDefault(source => (source.Kind, source.Name) == key) is { } source ? hub.Get(source) : hub.Get(reference);
            }

            return snapshot;
        }

        var local = resolved.With(
            path => Path.IsPathRooted(path) ? path : Snapshot(HubReference.Model(path)!).Folder,
            path => Path.IsPathRooted(path) ? [path] : Snapshot(HubReference.Data(path)!).Paths);
        return new HubRecipe(local, [.. got.Values.Select(snapshot => snapshot.Source)]);
    }

    /// <summary>A recipe in which each name of the hub says its commit, so that it means the same files forever.</summary>
    /// <param name="recipe">The recipe as its file gives it.</param>
    public TrainingRecipe Pinned(TrainingRecipe recipe)
    {
        string Pin(string path, HubReference? reference) =>
            reference is not null && Sources.FirstOrDefault(source => source.Kind == reference.Kind && source.Name == path) is { } source ? $"{reference.At(source.Commit)}" : path;
        return Sources.Count == 0 ? recipe : recipe.With(path => Pin(path, HubReference.Model(path)), path => [Pin(path, HubReference.Data(path))]);
    }
}
