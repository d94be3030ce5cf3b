using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Formats;

namespace Dmoerm.Tests.Data;

public sealed class TrlWriterTests
{
    private static readonly PreferenceExample Example = new()
    {
        Id = "a",
        Prompt = [new("system", "Be brief."), Message.User("Name a prime.")],
        Responses = [Response.FromText("8"), Response.FromText("7")],
        Comparisons = [new(0, 1, 0.25, Margin: -2), new(1, 0, 0.5), new(0, 1, 1, "tone")],
    };

    [Fact]
    public void ToJson_SecondIsLikelier_ChosenIsTheSecondAndTheMarginTurnsRound() => Assert.Equal(
        """{"prompt":[{"role":"system","content":"Be brief."},{"role":"user","content":"Name a prime."}],"chosen":[{"role":"assistant","content":"7"}],"rejected":[{"role":"assistant","content":"8"}],"margin":2}""",
        TrlWriter.ToJson(Example, Example.Comparisons[0]));

    [Fact]
    public void ToJson_ReadBack_IsTheSamePreference()
    {
        var row = JsonElement.Parse(TrlWriter.ToJson(Example, Example.Comparisons[0]));
        var read = PreferenceReader.FromJson(row, "here", null, new CategorySource());

        Assert.Equal(Example.Prompt, read.Prompt);
        Assert.Equal(["7", "8"], read.Responses.Select(response => response.Text));
        Assert.Equal([new Comparison(0, 1, 1, Margin: 2)], read.Comparisons);
    }

    [Fact]
    public void ToJson_NoPrompt_WritesNone() =>
        Assert.False(JsonElement.Parse(TrlWriter.ToJson(Example with { Prompt = [] }, Example.Comparisons[0])).TryGetProperty("prompt", out _));

    [Theory]
    [InlineData(1, "a tie")]
    [InlineData(2, "'tone'")]
    public void ToJson_NoOverallPreference_IsRefused(int comparison, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => TrlWriter.ToJson(Example, Example.Comparisons[comparison])).Message, StringComparison.Ordinal);
}
