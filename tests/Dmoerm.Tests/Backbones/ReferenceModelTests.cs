using Dmoerm.Backbones;

namespace Dmoerm.Tests.Backbones;

/// <summary>Numbers of transformers in float64, see the reference models' own notes: absolute 5e-5 in float32, 1e-12 in float64.</summary>
public class ReferenceModelTests
{
    // Either spelling in either type would say nothing new: the two read as equal configs (BackboneConfigTests).
    public static TheoryData<string, string, ScalarType> Cases { get; } = new(
        from folder in ReferenceModel.Folders
        from way in ((string Config, ScalarType Type)[])[("config.json", ScalarType.Float64), ("config.v4.json", ScalarType.Float32)]
        select (folder, way.Config, way.Type));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_ReferenceFolder_EqualsTransformers(string folder, string config, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var reference = ReferenceModel.Open(folder, config, type);
        var (backbone, rows) = (reference.Checkpoint.Backbone, reference.Rows);
        var hidden_BTD = backbone.Hidden(reference.Read("input_ids_right"));
        Tensor[] padded = [.. rows.Select((row, i) => hidden_BTD[i, ..row.Length])];
        Close(cat(padded), reference.Read("last_hidden"), type);

        var (left_BT, length_B) = PaddedBatch.ToRight(reference.Read("input_ids_left"), reference.Read("attention_mask_left"));
        var moved_BTD = backbone.Hidden(left_BT);
        Close(cat([.. rows.Select((row, i) => moved_BTD[i, ..row.Length])]), reference.Read("last_hidden"), type);
        Tensor[] last = [.. rows.Select((row, i) => hidden_BTD[i, row.Length - 1])];
        Close(backbone.Pool(backbone.Embed(left_BT), length_B, 0)[0], stack(last).to(ScalarType.Float64), type);

        Tensor[] single = [.. rows.Select(row => backbone.Hidden(tensor(row).unsqueeze(0))[0])];
        Close(cat(single), reference.Read("last_hidden"), type);

        var long_1T = reference.Read("long_input_ids").unsqueeze(0);
        Close(backbone.Hidden(long_1T)[0, -1], reference.Read("long_last_hidden"), type);
        Close(backbone.Pool(backbone.Embed(long_1T), tensor(new[] { 400L }), 0)[0, 0], reference.Read("long_last_hidden"), type);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EachLayer_EqualsTransformers(string folder, string config, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var reference = ReferenceModel.Open(folder, config, type);
        var backbone = reference.Checkpoint.Backbone;
        var ids_1T = tensor(reference.Rows[0]).unsqueeze(0);
        var layers = new List<Tensor> { backbone.Embed(ids_1T) };
        for (var layer = 0; layer < backbone.Config.NumLayers; layer++)
        {
            layers.Add(backbone.Run(layers[^1], layer, layer + 1));
        }

        Close(layers[^1][0, 0], reference.Read("before_final_norm_row0"), type);
        layers[^1] = backbone.Hidden(ids_1T).unsqueeze(0);
        Close(cat([.. layers.Select(layer => layer[0])]), reference.Read("layers_row0"), type);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Heads_ReferenceFolder_EqualTransformers(string folder, string config, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var reference = ReferenceModel.Open(folder, config, type);
        Assert.Equal(folder.Contains("causal") || folder.Contains("biased"), reference.Checkpoint.LanguageHead_VD is not null);
        Assert.Equal(folder.Contains("seqcls"), reference.Checkpoint.ScoreHead_LD is not null);
        Assert.Equal(folder.Contains("seqcls-5") ? 5 : folder.Contains("seqcls") ? 1 : null, (int?)reference.Checkpoint.ScoreHead_LD?.shape[0]);
        if (reference.Checkpoint.LanguageHead_VD is { } language)
        {
            CompareLanguageHead(reference, language, type);
        }

        if (reference.Checkpoint.ScoreHead_LD is { } score)
        {
            var ids_BT = reference.Read("input_ids_right");
            var length_B = tensor(reference.Rows.Select(row => (long)row.Length).ToArray());
            var last_BD = reference.Checkpoint.Backbone.Pool(reference.Checkpoint.Backbone.Embed(ids_BT), length_B, 0)[0];
            Close(nn.functional.linear(last_BD, score), reference.Read("scores"), type);
        }
    }

    [Fact]
    public void Cases_AllFolders_AreThere()
    {
        var models = TestFolders.Fixture("models");
        var there = Directory.GetFiles(models, "config.json", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(models, Path.GetDirectoryName(path)!).Replace('\\', '/'));
        Assert.Equal(there.Order(StringComparer.Ordinal), ReferenceModel.Folders.Order(StringComparer.Ordinal));
        Assert.Equal(21 * 2, Cases.Count);
    }

    private static void CompareLanguageHead(ReferenceModel reference, Tensor head_VD, ScalarType type)
    {
        var backbone = reference.Checkpoint.Backbone;
        var hidden_TD = backbone.Hidden(tensor(reference.Rows[0]).unsqueeze(0))[0];
        Close(backbone.Logits(hidden_TD, head_VD), reference.Read("logits_row0"), type);
        Tensor[] last = [.. reference.Rows.Select(row => backbone.Hidden(tensor(row).unsqueeze(0))[0, -1])];
        Close(backbone.Logits(stack(last), head_VD), reference.Read("logits_last_token"), type);

        double[][] found = [.. reference.Rows.Select((row, i) => Likelihood.OfTokens(backbone, head_VD, [.. row.Select(id => (int)id)], reference.PromptLengths[i]))];
        Close(tensor(found.SelectMany(row => row).ToArray()), reference.Read("response_token_log_probs"), type);
        Close(tensor(found.Select(row => row.Sum()).ToArray()), reference.Read("response_log_prob"), type, single: 1e-4);
    }

    private static void Close(Tensor actual, Tensor expected, ScalarType type, double single = 5e-5) =>
        TensorAssert.Close(actual.to(ScalarType.Float64), expected, relative: 0, absolute: type == ScalarType.Float64 ? 1e-12 : single);
}
