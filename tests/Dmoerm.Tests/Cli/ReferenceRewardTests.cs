using System.Text.Json;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Cli;

/// <summary><c>dmoerm score</c> on the reference folders against what transformers and PEFT give.</summary>
public sealed class ReferenceRewardTests
{
    // transformers' own float32 is up to 6.4e-6 off the stored values.
    private const double Tolerance = 2e-5;

    public static TheoryData<string> Classifiers() =>
        [.. Directory.GetDirectories(TestFolders.Fixture("models"), "seqcls*", SearchOption.AllDirectories).Select(folder => Path.GetRelativePath(TestFolders.Fixture("models"), folder).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Fact]
    public void Classifiers_AreFound() => Assert.Superset(new HashSet<string> { "llama/seqcls", "llama/seqcls-5" }, Classifiers().Select(row => row.Data).ToHashSet());

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Score_Classifier_GivesTheStoredScoresHoweverRowsArePadded(string name)
    {
        var folder = TestFolders.Fixture("models", name);
        var expected = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        double[][] scores = [.. expected.GetProperty("scores").EnumerateArray().Select(Numbers)];
        string[] rows = [.. expected.GetProperty("rows").EnumerateArray().Select(ids => Line(ids.GetRawText()))];
        var together = Score(folder, rows);
        var alone = rows.SelectMany(row => Score(folder, [row]));
        var padded = Score(folder, [.. Padded(folder, "right"), .. Padded(folder, "left")]);
        double[][] found = [.. together.Concat(alone).Concat(padded)];
        Assert.Equal(16, found.Length);
        for (var row = 0; row < found.Length; row++)
        {
            AssertClose(scores[row % 4], found[row], $"{name}, row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Score_RowThatEndsInThePadToken_IsReadByTransformersRuleUnlessToldOtherwise(string name)
    {
        var folder = TestFolders.Fixture("models", name);
        var row = Line(JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))).GetProperty("pad_id_at_end_row").GetRawText());
        using var stored = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using var scope = NewDisposeScope();
        AssertClose(stored.Read("pad_id_at_end_score_of_transformers").ToDoubles(), Score(folder, [row])[0], name);
        AssertClose(stored.Read("pad_id_at_end_score_of_last_token").ToDoubles(), Score(folder, [row], "--pooling", "last")[0], name);
        var streams = new CapturedStreams();
        streams.Run($"{row}\n{row}\n", ["score", folder]);
        Assert.Contains("warning: Conversation 1 ends in pad_token_id (0): by transformers' rule its reward is read at token 9 of 10; --pooling last reads it at the last one.", streams.Error, StringComparison.Ordinal);
        Assert.Contains("warning: 2 conversations ended in the pad token and were read before it", streams.Error, StringComparison.Ordinal);
        streams.Run(row, ["score", folder, "--pooling", "last"]);
        Assert.DoesNotContain("ends in pad_token_id", streams.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string> Adapters() => [.. JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("adapters", "expected.json"))).GetProperty("adapters").EnumerateObject().Select(adapter => adapter.Name)];

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Score_AdapterOnItsBase_GivesTheLogitsOfPeft(string name)
    {
        var expected = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("adapters", "expected.json")));
        var adapter = expected.GetProperty("adapters").GetProperty(name);
        var found = Score(TestFolders.Fixture("adapters", name), [.. AdapterRows(expected)], "--base", TestFolders.Fixture("adapters", adapter.GetProperty("base").GetString()!));
        double[][] logits = [.. adapter.GetProperty("logits").EnumerateArray().Select(Numbers)];
        Assert.Equal(4, found.Length);
        for (var row = 0; row < found.Length; row++)
        {
            AssertClose(logits[row], found[row], $"{name}, row {row}");
        }
    }

    [Theory]
    [InlineData("base-llama")]
    [InlineData("base-qwen2")]
    public void Score_BaseOfAdapters_GivesItsOwnLogits(string name)
    {
        var expected = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("adapters", "expected.json")));
        var found = Score(TestFolders.Fixture("adapters", name), [.. AdapterRows(expected)]);
        double[][] logits = [.. expected.GetProperty("bases").GetProperty(name).GetProperty("logits").EnumerateArray().Select(Numbers)];
        foreach (var (row, numbers) in logits.Index())
        {
            AssertClose(numbers, found[row], $"{name}, row {row}");
        }
    }

    private static IEnumerable<string> AdapterRows(JsonElement expected) => expected.GetProperty("input_ids").EnumerateArray().Zip(
        expected.GetProperty("attention_mask").EnumerateArray(), (ids, mask) => $$"""{"input_ids": {{OnOneLine(ids)}}, "attention_mask": {{OnOneLine(mask)}}}""");

    private static string[] Padded(string folder, string side)
    {
        using var scope = NewDisposeScope();
        using var stored = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        var (ids_BT, mask_BT) = (stored.Read($"input_ids_{side}"), stored.Read($"attention_mask_{side}"));
        string[] lines = [.. Enumerable.Range(0, 4).Select(row => $$"""{"input_ids": [{{string.Join(",", ids_BT[row].data<long>())}}], "attention_mask": [{{string.Join(",", mask_BT[row].data<long>())}}]}""")];
        Assert.Contains("0,0", lines[1], StringComparison.Ordinal);
        return lines;
    }

    private static double[][] Score(string folder, string[] lines, params string[] options)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run(string.Join('\n', lines), ["score", folder, .. options]) == 0, streams.Error);
        return [.. streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Outputs(JsonElement.Parse(line)))];
    }

    // One output is the reward, and raw: neither sigmoid nor anything else is applied. Several are attributes, and no reward.
    private static double[] Outputs(JsonElement answer)
    {
        Assert.False(answer.TryGetProperty("category", out _));
        if (answer.TryGetProperty("attributes", out var attributes))
        {
            Assert.False(answer.TryGetProperty("reward", out _));
            Assert.Equal(Enumerable.Range(0, attributes.EnumerateObject().Count()).Select(i => $"LABEL_{i}"), attributes.EnumerateObject().Select(attribute => attribute.Name));
            return [.. attributes.EnumerateObject().Select(attribute => attribute.Value.GetDouble())];
        }

        Assert.Equal(answer.GetProperty("reward").GetDouble(), answer.GetProperty("raw").GetDouble());
        return [answer.GetProperty("reward").GetDouble()];
    }

    private static void AssertClose(double[] expected, double[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        foreach (var (value, came) in expected.Zip(found))
        {
            Assert.True(Math.Abs(value - came) < Tolerance, $"{what}: expected {value}, came {came}");
        }
    }

    private static string Line(string ids) => $$"""{"input_ids": {{ids.ReplaceLineEndings("")}}}""";

    private static string OnOneLine(JsonElement numbers) => $"[{string.Join(",", numbers.EnumerateArray().Select(number => number.GetRawText()))}]";

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];
}
