using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Artefacts.Exports;

/// <summary>Writes a whole classifier in float32, as transformers reads it: weights, head, tokenizer, chat template.</summary>
/// <remarks>
/// <c>problem_type</c> keeps servers from squashing the reward; <c>mean</c>, <c>std</c> and <c>value_head_prefix</c> are OpenRLHF's fields. The reward is the raw one:
/// <c>normalize_reward</c> is false. Source: the shared notes on disk conventions.
/// </remarks>
/// <param name="source">What is exported.</param>
/// <param name="request">From where.</param>
internal sealed class ClassifierExport(ExportSource source, ExportRequest request)
{
    /// <summary>How the folder's JSON files are written.</summary>
    public static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="rows">Conversations; none may end in the token that pads.</param>
    /// <returns>The token that pads.</returns>
    public PadToken Write(string folder, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        RefuseNewBiases();
        var tokenizerFolder = Path.Combine(request.Model, ArtefactFolder.BackboneName);
        var merged = source.Merged;
        var pad = PadToken.Choose(tokenizerFolder, merged.Config, source.Parts.Tokenizer, rows, request.PadToken);
        BackboneFolder.Save(folder, merged, scoreHead_LD: source.Head_1D, tokenizerFolder: tokenizerFolder);
        pad.NoteIn(folder);
        Complete(Path.Combine(folder, BackboneConfigFile.Name), pad);
        return pad;
    }

    /// <summary>Reads the folder back, encodes the conversations by its own tokenizer and template, and scores them by transformers' rule of which token is read.</summary>
    /// <exception cref="InvalidDataException">A conversation has other token ids than in the model, or another token would be read.</exception>
    public double[] ScoreBack(string folder, IReadOnlyList<EncodedConversation> rows, PadToken pad)
    {
        var template = source.Parts.Template is { } own ? ChatTemplate.Load(folder, own.Settings) : null;
        var encoder = ExportCheck.EncoderOf(source.Parts with { Template = template, Tokenizer = Tokenizer.Load(folder) });
        var again = ExportCheck.Rows(encoder, source.Category.Source.Render);
        if (!rows.Zip(again).All(pair => pair.First.Ids.SequenceEqual(pair.Second.Ids)))
        {
            throw new InvalidDataException($"{folder}: the tokenizer and template that were written give other token ids than the model's.");
        }

        if (again.Any(row => Array.FindLastIndex(row.Ids, id => id != pad.Id) != row.Ids.Length - 1))
        {
            throw new InvalidDataException($"{folder}: a conversation ends in {pad.Text}, which pads batches, so transformers would read the token before it.");
        }

        using var checkpoint = BackboneFolder.Load(folder, ScalarType.Float32);
        return [.. checkpoint.Outputs(again).Select(outputs => outputs.Single())];
    }

    private void RefuseNewBiases()
    {
        var experts = source.Expert is null ? [] : source.Category.Model.Experts!.Adapters!.Updates.Updates;
        foreach (var ((layer, target), update) in experts)
        {
            if (update.Shift_EO is { } shift_EO && source.Category.Model.Merged.Weights.Layers[layer][target].Bias_O is null && shift_EO[source.Expert!.Value].count_nonzero().item<long>() > 0)
            {
                throw new InvalidDataException($"layers.{layer}: the expert '{request.Capability}' has biases (lora_bias) where the backbone has none: no folder can say that.");
            }
        }
    }

    private void Complete(string path, PadToken pad)
    {
        var config = JsonObject.Create(ForeignFile.Object(path))!;
        var label = request.Capability ?? request.Category;
        foreach (var (field, id) in JsonObject.Create(ForeignFile.Object(Path.Combine(request.Model, ArtefactFolder.BackboneName, BackboneConfigFile.Name)))!.Where(pair => pair.Key is "bos_token_id" or "eos_token_id"))
        {
            config[field] = id?.DeepClone();
        }

        config["pad_token_id"] = pad.Id;
        config["id2label"] = new JsonObject { ["0"] = label };
        config["label2id"] = new JsonObject { [label] = 0 };
        config["problem_type"] = "regression";
        config["value_head_prefix"] = "score";
        config["normalize_reward"] = false;
        if (source.Scale() is { } scale)
        {
            config["mean"] = scale.Mean;
            config["std"] = scale.Deviation;
        }

        DurableFile.WriteText(path, config.ToJsonString(Format) + "\n");
    }
}
