using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Formats;

namespace Dmoerm.Tests.Data;

/// <summary>Rows whose conversations have tools, tool calls and thoughts.</summary>
public class ToolRowTests
{
    private const string Row = """
        {"prompt": [{"role": "user", "content": "1+2?", "id": 7}], "tools": [{"type": "function", "function": {"name": "add", "big": 1.0}}],
         "chosen": [{"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "add", "arguments": {"a": 1e-07}}}]}, {"role": "tool", "name": "add", "content": "3"}, {"role": "assistant", "content": "3", "reasoning_content": "sum"}],
         "rejected": [{"role": "assistant", "content": "4"}]}
        """;

    [Fact]
    public void FromJson_ToolsCallsAndThoughts_AreKeptAsTheyStand()
    {
        var example = Read(Row);
        Assert.Equal("""[{"type":"function","function":{"name":"add","big":1.0}}]""", example.Tools);
        Assert.Equal([Message.User("1+2?")], example.Prompt);
        Message[] chosen =
        [
            Message.Assistant("") with { Fields = """{"content":null,"tool_calls":[{"function":{"name":"add","arguments":{"a":1e-07}}}]}""" },
            new("tool", "3") { Fields = """{"name":"add"}""" },
            Message.Assistant("3") with { Fields = """{"reasoning_content":"sum"}""" },
        ];
        Assert.Equal(chosen, example.Responses[0].Messages);
        Assert.Null(Read(Row.Replace("\"tools\"", "\"x\"", StringComparison.Ordinal)).Tools);
    }

    [Fact]
    public void FromJson_ToolsAsTextInARow_AreRead() =>
        Assert.Equal("""[{"name":"add"}]""", Read("""{"prompt": "p", "chosen": "a", "rejected": "b", "tools": "[{\"name\": \"add\"}]"}""").Tools);

    [Fact]
    public void ToJson_ExampleWithTools_ReadsBackAsItWas()
    {
        var example = Read(Row);
        var again = Read(PreferenceWriter.ToJson(example));
        Assert.Equal(example.Tools, again.Tools);
        Assert.Equal(example.Prompt, again.Prompt);
        Assert.Equal(example.Responses.Select(response => response.Messages), again.Responses.Select(response => response.Messages));
        var trl = JsonElement.Parse(TrlWriter.ToJson(example, example.Comparisons[0]));
        Assert.Equal("add", trl.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, trl.GetProperty("chosen")[0].GetProperty("content").ValueKind);
    }

    [Fact]
    public void Read_RowsOfOneTextAndOtherTools_StayApart()
    {
        var path = Path.Combine(TestFolders.Temporary(), "rows.jsonl");
        string[] rows =
        [
            """{"prompt": "p", "chosen": "a", "rejected": "b"}""",
            """{"prompt": "p", "chosen": "a", "rejected": "b", "tools": [{"name": "add"}]}""",
            """{"prompt": "p", "chosen": [{"role": "assistant", "content": "a", "thinking": "t"}], "rejected": [{"role": "assistant", "content": "a"}], "tools": [{"name": "add"}]}""",
        ];
        File.WriteAllLines(path, rows);
        var data = CategoryReader.Read("c", new CategorySource(), [path], needsCapabilities: false);
        Assert.Equal([2, 3], data.Examples.Select(example => example.Responses.Count).Order());
        Assert.NotEqual(
            DataFingerprint.Of([data.Examples[0]], new CategorySource()).Hash,
            DataFingerprint.Of([data.Examples[0] with { Tools = "[{}]" }], new CategorySource()).Hash);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static PreferenceExample Read(string row) => PreferenceReader.FromJson(JsonElement.Parse(row), "rows.jsonl, line 1", null, new CategorySource());
}
