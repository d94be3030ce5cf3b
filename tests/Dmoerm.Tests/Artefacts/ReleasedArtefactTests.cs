using System.Text.Json;
using Dmoerm.Tests.Cli;

namespace Dmoerm.Tests.Artefacts;

/// <summary>An artefact of every schema version stays loadable with the same rewards. The fixtures were written by the code of their time and never change.</summary>
public sealed class ReleasedArtefactTests
{
    [Theory]
    [InlineData("schema-1")]
    public void Score_ArtefactOfAnEarlierVersion_GivesItsRewards(string name)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run("score", TestFolders.Fixture("artefacts", name), "--explain", "--input", TestFolders.Fixture("artefacts", $"{name}.requests.jsonl")) == 0, streams.Error);
        var (expected, came) = (TestFolders.ReadLines(TestFolders.Fixture("artefacts", $"{name}.rewards.jsonl")), streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, came.Length);
        Assert.Equal(expected.Length, came.Length);
        Assert.All(expected.Zip(came), pair => AssertSame(pair.First, JsonElement.Parse(pair.Second)));
    }

    // Rewards reach from -4 to 4; other processors add in another order.
    private static void AssertSame(JsonElement expected, JsonElement came)
    {
        Assert.Equal(expected.ValueKind, came.ValueKind);
        switch (expected.ValueKind)
        {
            case JsonValueKind.Number:
                Assert.Equal(expected.GetDouble(), came.GetDouble(), 1e-4);
                break;
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(field => field.Name), came.EnumerateObject().Select(field => field.Name));
                Assert.All(expected.EnumerateObject().Zip(came.EnumerateObject()), pair => AssertSame(pair.First.Value, pair.Second.Value));
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), came.GetArrayLength());
                Assert.All(expected.EnumerateArray().Zip(came.EnumerateArray()), pair => AssertSame(pair.First, pair.Second));
                break;
            default:
                Assert.Equal(expected.GetRawText(), came.GetRawText());
                break;
        }
    }
}
