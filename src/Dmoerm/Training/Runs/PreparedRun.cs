using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Runs;

/// <summary>What a run has read before anything is trained.</summary>
internal sealed record PreparedRun(
    BackboneCheckpoint Checkpoint, Tokenizer Tokenizer, ChatTemplate? Template, RunData Data, int TrunkLayer, TrainingContext Context) : IDisposable
{
    /// <summary>The cache of trunk states, once it is open.</summary>
    public TrunkCache? Cache { get; set; }

    /// <summary>The conversations of all training files, those that wait for a category last.</summary>
    public IReadOnlyList<EncodedConversation> Rows()
    {
        var rows = ExampleRows.Of(Data.Training.SelectMany(category => Context.Encoder.Encode(category.Category, category.Examples)));
        // Several categories read the same rows.
        var waiting = Data.Training.SelectMany(category => category.Uncategorised).SelectMany(entry => Context.Encoder.Waiting(entry.Example)).DistinctBy(row => string.Join(' ', row.Ids));
        return Data.AwaitsRouter ? [.. rows, .. waiting] : rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cache?.Dispose();
        Checkpoint.Dispose();
    }
}
