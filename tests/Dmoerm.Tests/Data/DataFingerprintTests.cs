using Dmoerm.Data;
using Dmoerm.Data.Categories;

namespace Dmoerm.Tests.Data;

public sealed class DataFingerprintTests
{
    private static readonly CategorySource Source = new() { Capabilities = new Dictionary<string, CapabilitySource> { ["care"] = new() } };

    private static readonly PreferenceExample First = new()
    {
        Id = "1",
        Prompt = [Message.User("p")],
        Responses = [Response.FromText("a"), Response.FromText("b")],
        Comparisons = [new Comparison(0, 1, 1), new Comparison(0, 1, 0, "care")],
    };

    private static readonly PreferenceExample Second = First with { Id = "2", Prompt = [Message.User("q")], Comparisons = [new Comparison(1, 0, 0.5)] };

    [Fact]
    public void Of_CountsWhatIsThere()
    {
        var print = DataFingerprint.Of([First, Second], Source);
        Assert.Equal((2, 4, 2, 1), (print.Prompts, print.Responses, print.Comparisons, print.Capabilities["care"].Comparisons));
    }

    [Fact]
    public void Of_SayingTheSame_IsTheSame()
    {
        var print = DataFingerprint.Of([First, Second], Source);
        AssertEqual(print, DataFingerprint.Of([Second, First], Source));
        AssertEqual(print, DataFingerprint.Of([First with { Id = "x", Origin = "elsewhere, line 7", Fields = new Dictionary<string, string> { ["topic"] = "t" } }, Second], Source));
    }

    [Fact]
    public void Of_LabelsOfAnotherCapability_LeaveTheRest()
    {
        var labelled = First with { Comparisons = [.. First.Comparisons, new Comparison(0, 1, 1, "flow")] };
        var more = new CategorySource { Capabilities = new Dictionary<string, CapabilitySource> { ["flow"] = new(), ["care"] = new() } };
        var (before, after) = (DataFingerprint.Of([First, Second], Source), DataFingerprint.Of([labelled, Second], more));
        Assert.Equal((before.Hash, before.Capabilities["care"]), (after.Hash, after.Capabilities["care"]));
    }

    [Fact]
    public void Of_AnyOtherContent_Differs()
    {
        var before = DataFingerprint.Of([First, Second], Source).Hash;
        PreferenceExample[] others =
        [
            First with { Prompt = [Message.User("r")] },
            First with { Prompt = [new Message("system", "p")] },
            First with { Responses = [Response.FromText("b"), Response.FromText("a")] },
            First with { Comparisons = [new Comparison(0, 1, 0.75), First.Comparisons[1]] },
            First with { Comparisons = [new Comparison(0, 1, 1, Margin: 2), First.Comparisons[1]] },
            First with { Comparisons = [new Comparison(0, 1, 1, Weight: 2), First.Comparisons[1]] },
        ];
        Assert.All(others, other => Assert.NotEqual(before, DataFingerprint.Of([other, Second], Source).Hash));
        Assert.NotEqual(before, DataFingerprint.Of([First], Source).Hash);
        Assert.NotEqual(before, DataFingerprint.Of([First, Second, Second], Source).Hash);
    }

    [Fact]
    public void Of_OtherLabels_DifferInTheirCapabilityAlone()
    {
        var before = DataFingerprint.Of([First, Second], Source);
        PreferenceExample[] others =
        [
            First with { Comparisons = [First.Comparisons[0], new Comparison(0, 1, 1, "care")] },
            First with { Responses = [First.Responses[0] with { Capabilities = new Dictionary<string, double> { ["care"] = 1 } }, First.Responses[1]] },
        ];
        Assert.All(others.Select(other => DataFingerprint.Of([other, Second], Source)), print =>
        {
            Assert.Equal(before.Hash, print.Hash);
            Assert.NotEqual(before.Capabilities["care"].Hash, print.Capabilities["care"].Hash);
        });
    }

    [Fact]
    public void Of_UnitsByAField_CountTheField()
    {
        var byTopic = Source with { GroupBy = "topic" };
        PreferenceExample Topic(string topic) => First with { Fields = new Dictionary<string, string> { ["topic"] = topic } };
        Assert.NotEqual(DataFingerprint.Of([Topic("a")], byTopic).Hash, DataFingerprint.Of([Topic("b")], byTopic).Hash);
    }

    private static void AssertEqual(DataFingerprint expected, DataFingerprint came)
    {
        Assert.Equal(expected.Hash, came.Hash);
        Assert.Equal(expected.Capabilities, came.Capabilities);
    }
}
