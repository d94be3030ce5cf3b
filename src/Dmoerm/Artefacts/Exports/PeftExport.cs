using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Artefacts.Exports;

// Dimensions: B = batch, D = hidden size.

/// <summary>Writes an adapter with its head, so that PEFT, given the model that it sits on, gives the scorer's own reward.</summary>
/// <param name="source">What is exported.</param>
/// <param name="request">From where.</param>
internal sealed class PeftExport(ExportSource source, ExportRequest request)
{
    /// <summary>The folder that the adapter is loaded on.</summary>
    public string LoadOn { get; } = source.Category.Model.HasOwnBackbone
        ? Path.Combine(request.Model, ArtefactFolder.ExpertsName, source.Category.Name, ArtefactFolder.BaseName)
        : Path.Combine(request.Model, ArtefactFolder.BackboneName);

    /// <summary>Writes the folder.</summary>
    /// <exception cref="InvalidDataException">What is asked for is no adapter, or none that can be joined with its base's.</exception>
    public void Write(string folder)
    {
        var (model, name) = (source.Category.Model, request.BaseName ?? LoadOn);
        switch (source.Expert)
        {
            case null when model.HasOwnBackbone:
                throw new InvalidDataException($"{request.Model}: all weights of category '{source.Category.Name}' were tuned (adapt: full), so its base is no adapter: export it merged.");
            case null:
                AdapterFolder.Write(folder, model.Base, 0, name);
                break;
            case { } expert when source.IsImported:
                // Its base is the backbone as it is: nothing to join, and what came in goes out.
                AdapterFolder.Copy(Path.Combine(request.Model, ArtefactFolder.ExpertsName, source.Category.Name, model.Capabilities[expert]), folder, name);
                break;
            case { } expert when model.HasOwnBackbone:
                AdapterFolder.Write(folder, model.Experts!, expert, name);
                break;
            case { } expert:
                using (NewDisposeScope())
                {
                    AdapterFolder.Write(folder, JoinedAdapter.Of(source.Parts.Backbone, model.Base, model.Experts!, expert), 0, name);
                }

                break;
        }
    }

    /// <summary>Reads the folder back and scores with it alone on its base.</summary>
    public double[] ScoreBack(string folder, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var backbone = source.Category.Model.HasOwnBackbone ? source.Category.Model.Merged : source.Parts.Backbone;
        var stack = PeftExperts.Read([folder], backbone);
        var (ids_BT, length_B) = (LengthBatches.PadRight(rows), tensor(rows.Select(row => (long)row.Ids.Length).ToArray()));
        return stack.Reward(stack.Pool(backbone.Embed(ids_BT), length_B, 0)).squeeze(0).ToDoubles();
    }
}
