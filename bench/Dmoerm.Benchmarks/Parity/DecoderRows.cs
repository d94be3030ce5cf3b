using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Tiny decoders of every family against transformers in float64, computed here in float32.</summary>
internal static class DecoderRows
{
    private const double Tolerance = 5e-5;
    private const double SumTolerance = 1e-4;

    /// <summary>A row per family.</summary>
    public static IEnumerable<ParityRow> All() => Directory.GetDirectories(ReferenceFolders.Fixture("models")).Order(StringComparer.Ordinal).Select(Family);

    private static ParityRow Family(string family)
    {
        var differences = new Differences(Tolerance);
        var folders = Directory.GetDirectories(family).Order(StringComparer.Ordinal).ToArray();
        foreach (var folder in folders)
        {
            // Shards of the same weights are kept without values of their own.
            var expected = File.Exists(Path.Combine(folder, "expected.json")) ? folder : Path.Combine(family, "causal");
            Compare(folder, expected, differences);
        }

        var names = string.Join(", ", folders.Select(Path.GetFileName));
        return differences.Row($"decoder `{Path.GetFileName(family)}` ({names})", "last hidden states (padded, single rows, 400 tokens), every layer, logits, response log-probs, scores", "; sums of log-probs 1e-4");
    }

    private static void Compare(string folder, string expectedFolder, Differences differences)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var checkpoint = BackboneFolder.Load(folder, ScalarType.Float32);
        using var expected = SafetensorsFile.Open(Path.Combine(expectedFolder, "expected.safetensors"));
        var json = ReferenceFolders.ReadJson(Path.Combine(expectedFolder, "expected.json"));
        int[][] rows = [.. json.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        CompareStates(checkpoint.Backbone, rows, expected, differences);
        if (checkpoint.LanguageHead_VD is { } language)
        {
            CompareLanguage(checkpoint.Backbone, language, rows, ReferenceFolders.Ints(json, "prompt_lengths"), expected, differences);
        }

        if (checkpoint.ScoreHead_LD is { } score)
        {
            var length_B = tensor(rows.Select(row => (long)row.Length).ToArray());
            var last_BD = checkpoint.Backbone.Pool(checkpoint.Backbone.Embed(expected.Read("input_ids_right")), length_B, 0)[0];
            differences.Add(nn.functional.linear(last_BD, score), expected.Read("scores"));
        }
    }

    private static void CompareStates(Backbone backbone, int[][] rows, SafetensorsFile expected, Differences differences)
    {
        var hidden_BTD = backbone.Hidden(expected.Read("input_ids_right"));
        differences.Add(cat([.. rows.Select((row, i) => hidden_BTD[i, ..row.Length])]), expected.Read("last_hidden"));
        var left_BTD = backbone.Hidden(PaddedBatch.ToRight(expected.Read("input_ids_left"), expected.Read("attention_mask_left")).Item1);
        differences.Add(cat([.. rows.Select((row, i) => left_BTD[i, ..row.Length])]), expected.Read("last_hidden"));
        differences.Add(cat([.. rows.Select(row => backbone.Hidden(Batch(row))[0])]), expected.Read("last_hidden"));
        differences.Add(backbone.Hidden(expected.Read("long_input_ids").unsqueeze(0))[0, -1], expected.Read("long_last_hidden"));

        var layers = new List<Tensor> { backbone.Embed(Batch(rows[0])) };
        for (var layer = 0; layer < backbone.Config.NumLayers; layer++)
        {
            layers.Add(backbone.Run(layers[^1], layer, layer + 1));
        }

        differences.Add(layers[^1][0, 0], expected.Read("before_final_norm_row0"));
        layers[^1] = backbone.Hidden(Batch(rows[0])).unsqueeze(0);
        differences.Add(cat([.. layers.Select(layer => layer[0])]), expected.Read("layers_row0"));
    }

    private static void CompareLanguage(Backbone backbone, Tensor head_VD, int[][] rows, int[] promptLengths, SafetensorsFile expected, Differences differences)
    {
        differences.Add(backbone.Logits(backbone.Hidden(Batch(rows[0]))[0], head_VD), expected.Read("logits_row0"));
        differences.Add(backbone.Logits(stack([.. rows.Select(row => backbone.Hidden(Batch(row))[0, -1])]), head_VD), expected.Read("logits_last_token"));
        double[][] found = [.. rows.Select((row, i) => Likelihood.OfTokens(backbone, head_VD, row, promptLengths[i]))];
        differences.Add(tensor(found.SelectMany(row => row).ToArray()), expected.Read("response_token_log_probs"));
        differences.Add(tensor(found.Select(row => row.Sum()).ToArray()), expected.Read("response_log_prob"), SumTolerance);
    }

    private static Tensor Batch(int[] row) => tensor(row.Select(id => (long)id).ToArray()).unsqueeze(0);
}
