using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Formats;

namespace Dmoerm.Tests.Data;

public class PreferenceWriterTests
{
    private static readonly CategorySource Source = new() { Capabilities = new Dictionary<string, CapabilitySource> { ["tone"] = new() } };

    [Fact]
    public void ToJson_FullExample_ComesBackTheSame()
    {
        var example = new PreferenceExample
        {
            Id = "a",
            Category = "mail",
            Prompt = [new("system", "S"), Message.User("line\n\"quoted\" \u4f60 <b>")],
            Responses =
            [
                Response.FromText("") with { Model = "m", Score = -0.1, Capabilities = new Dictionary<string, double> { ["tone"] = 1.25 }, Ratings = 3 },
                new() { Messages = [Message.Assistant("x"), Message.User("y"), Message.Assistant("z")], Score = 1d / 3 },
            ],
            Comparisons = [new(0, 1, 1d / 3, Margin: 0.7, Weight: 0.5), new(1, 0, 1, "tone")],
            Fields = new Dictionary<string, string> { ["topic"] = "t" },
            Origin = "here",
        };
        AssertEqual(example, Back(example));
        AssertEqual(example with { Prompt = [] }, Back(example with { Prompt = [] }));
        Assert.DoesNotContain('\n', PreferenceWriter.ToJson(example));
        Assert.Contains("\u4f60 <b>", PreferenceWriter.ToJson(example));
    }

    [Fact]
    public void ToJson_PlainExample_HasNoEmptyFields()
    {
        var example = new PreferenceExample { Id = "a", Prompt = [Message.User("p")], Responses = [Response.FromText("x")], Comparisons = [] };
        Assert.Equal("""{"id":"a","prompt":"p","responses":[{"text":"x"}],"comparisons":[]}""", PreferenceWriter.ToJson(example));
    }

    [Fact]
    public void ToJson_FieldNamedLikeOurs_IsRefused()
    {
        var example = new PreferenceExample
        {
            Id = "a",
            Prompt = [],
            Responses = [Response.FromText("x")],
            Comparisons = [],
            Fields = new Dictionary<string, string> { ["prompt"] = "t" },
        };
        Assert.Contains("'prompt'", Assert.Throws<ArgumentException>(() => PreferenceWriter.ToJson(example)).Message);
    }

    private static PreferenceExample Back(PreferenceExample example)
    {
        using var row = JsonDocument.Parse(PreferenceWriter.ToJson(example));
        return PreferenceReader.FromJson(row.RootElement, "here", null, Source);
    }

    // Records compare their lists by reference: compared as JSON, all members.
    private static void AssertEqual(PreferenceExample expected, PreferenceExample actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
