namespace Dmoerm.Tests.Cli;

public class DmoermCommandTests
{
    [Theory]
    [InlineData("scroe", "'scroe' is not known here (nearest: 'score')")]
    [InlineData("eval model", "Nothing to judge on: give --data FILE, --benchmark NAME=FILE, or both.")]
    [InlineData("eval model --data a.jsonl --format trl2", "trl2")]
    [InlineData("eval model --data a.jsonl --gap -1", "--gap must be a number of at least 0")]
    [InlineData("eval model --data a.jsonl --gap wide", "wide")]
    [InlineData("score", "MODEL")]
    [InlineData("score model --on-error skip", "skip")]
    [InlineData("score model --max-tokens 0", "--max-tokens must be at least 1")]
    [InlineData("score model --max-tokens ten", "ten")]
    [InlineData("score model --explian", "'--explian' is not known here (nearest: '--explain')")]
    [InlineData("score model extra", "'extra' is one argument too many")]
    public void Run_WrongUse_IsTwoWithASentenceOnStandardError(string line, string expected)
    {
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run(line.Split(' ')));
        Assert.Empty(streams.Out);
        Assert.StartsWith("error: ", streams.Error, StringComparison.Ordinal);
        Assert.Contains(expected, streams.Error, StringComparison.Ordinal);
        Assert.Contains("--help", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoVerb_IsWrongUseAndShowsTheVerbs()
    {
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run());
        Assert.Empty(streams.Out);
        Assert.Contains("score <MODEL>", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_Root_NamesEveryVerbAndTheExitCodes()
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("--help"));
        Assert.Empty(streams.Error);
        foreach (var expected in new[] { "dmoerm", "eval", "score", "Exit codes" })
        {
            Assert.Contains(expected, streams.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("eval", "dmoerm eval runs/debug/model --data dev.jsonl.gz")]
    [InlineData("score", "| dmoerm score runs/debug/model --explain")]
    public void Help_Verb_EndsWithAnExample(string verb, string example)
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run(verb, "--help"));
        Assert.Empty(streams.Error);
        Assert.Contains(example, streams.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eval")]
    [InlineData("score")]
    public void Run_ModelFolderMissing_IsOneSentenceWithoutTrace(string verb)
    {
        var streams = new CapturedStreams();
        string[] args = verb == "eval" ? ["eval", "no-such-model", "--data", "a.jsonl"] : ["score", "no-such-model"];
        Assert.Equal(1, streams.Run(args));
        Assert.Empty(streams.Out);
        Assert.Contains("no-such-model", streams.Error, StringComparison.Ordinal);
        Assert.Single(streams.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Run_OutputFolderMissing_FailsBeforeTheModelIsAskedFor()
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("score", "no-such-model", "--output", Path.Combine("no-such-folder", "out.jsonl")));
        Assert.Contains("no-such-folder", streams.Error, StringComparison.Ordinal);
    }
}
