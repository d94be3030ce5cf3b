using System.Globalization;
using Dmoerm.Artefacts;
using Dmoerm.Backbones.Weights;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Stages;

/// <summary>One stage's folder: its result once it is finished, until then the newest checkpoints.</summary>
/// <remarks>
/// A file's name holds the hash of its content: <c>finished-HASH.safetensors</c>, <c>checkpoint-NUMBER-HASH.safetensors</c>. One whose
/// content is another is as good as not there, and the one before it is taken. Source: ours.
/// </remarks>
public sealed class StagePlace
{
    private const string FinishedName = "finished-";
    private const string CheckpointName = "checkpoint-";
    private const string Ending = ".safetensors";
    private const string JsonKey = "stage";

    // What takes less time to compute again is not worth waiting for the disk itself.
    private static readonly TimeSpan WorthFlushing = TimeSpan.FromSeconds(1);
    private readonly string _folder;
    private readonly CheckpointSettings _settings;
    private readonly TimeProvider _clock;
    private readonly long _opened;
    private long _saved;
    private int _stepsSinceSaved;

    internal StagePlace(string folder, CheckpointSettings settings, TimeProvider clock)
    {
        (_folder, _settings, _clock) = (folder, settings, clock);
        _opened = _saved = clock.GetTimestamp();
    }

    /// <summary>Told in a sentence of what was found damaged.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>What the stage gave; null where it is not finished.</summary>
    public StageState? Finished()
    {
        var state = Files(FinishedName).Select(Read).FirstOrDefault(state => state is not null);
        if (state is not null)
        {
            // Some are left where the process was killed before it could delete them.
            DeleteCheckpoints();
        }

        return state;
    }

    /// <summary>The newest whole checkpoint; null where there is none.</summary>
    public StageState? Checkpoint() => Files(CheckpointName).Select(Read).FirstOrDefault(state => state is not null);

    /// <summary>Counts a step, and says whether it is time for a checkpoint.</summary>
    public bool IsDue() => ++_stepsSinceSaved >= _settings.EverySteps || _clock.GetElapsedTime(_saved).TotalSeconds >= _settings.EverySeconds;

    /// <summary>Writes a checkpoint and deletes the oldest.</summary>
    public void Save(StageState state)
    {
        var known = Files(CheckpointName);
        var number = known.Count == 0 ? 1 : NumberOf(known[0]) + 1;
        Write(string.Create(CultureInfo.InvariantCulture, $"{CheckpointName}{number:00000000}-"), state, flush: true);
        foreach (var old in known.Skip(_settings.Keep - 1))
        {
            DurableFile.Delete(old);
        }

        (_saved, _stepsSinceSaved) = (_clock.GetTimestamp(), 0);
    }

    /// <summary>Writes what the stage gave and deletes its checkpoints.</summary>
    public void Finish(StageState state)
    {
        Write(FinishedName, state, flush: _clock.GetElapsedTime(_opened) >= WorthFlushing);
        DeleteCheckpoints();
    }

    private void DeleteCheckpoints()
    {
        foreach (var checkpoint in Files(CheckpointName))
        {
            DurableFile.Delete(checkpoint);
        }
    }

    // The newest first; the number comes before the hash in the name.
    private IReadOnlyList<string> Files(string start) => Directory.Exists(_folder)
        ? [.. Directory.GetFiles(_folder, $"{start}*{Ending}").OrderDescending(StringComparer.Ordinal)]
        : [];

    private static int NumberOf(string path) =>
        int.TryParse(Path.GetFileName(path).Split('-')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private void Write(string start, StageState state, bool flush)
    {
        Directory.CreateDirectory(_folder);
        DurableFile.Write(
            Path.Combine(_folder, start + "new"),
            stream => SafetensorsBytes.Write(stream, state.Tensors.Select(pair => (pair.Key, pair.Value)), new Dictionary<string, string> { [JsonKey] = state.Json }),
            flush,
            partial => Path.Combine(_folder, start + FileFingerprint.Of(partial).Xxh128 + Ending));
    }

    private StageState? Read(string path)
    {
        if (!Path.GetFileNameWithoutExtension(path).EndsWith("-" + FileFingerprint.Of(path).Xxh128, StringComparison.Ordinal))
        {
            Warn?.Invoke($"{path} is damaged (its content has another hash than its name says) and is not used.");
            return null;
        }

        using var file = SafetensorsFile.Open(path);
        return new StageState(file.Metadata[JsonKey], file.Entries.Keys.ToDictionary(name => name, name => file.Read(name)));
    }
}
