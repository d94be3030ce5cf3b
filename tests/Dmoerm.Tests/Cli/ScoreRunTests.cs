using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using Dmoerm.Cli.Scoring;
using Dmoerm.Tests.Evaluation;

namespace Dmoerm.Tests.Cli;

public class ScoreRunTests
{
    private const string Good = """{"id": "ü", "prompt": "more", "response": "aab"}""";
    private const string List = """{"prompt": "less", "responses": ["a", "", "aa"]}""";

    [Fact]
    public void Run_OneResponse_WritesTheFieldsOfTheIssue()
    {
        var (lines, _) = Score([Good], new ScoreOptions());
        Assert.Equal("""{"id":"ü","reward":0.2,"raw":2,"category":"more","route":{"more":0.75,"less":0.25},"tokens":3,"truncated":false}""", lines.Single());
    }

    [Fact]
    public void Run_Explain_AddsCapabilities()
    {
        var (lines, _) = Score([Good, List], new ScoreOptions { Explain = true });
        Assert.EndsWith(""","truncated":false,"capabilities":{"bees":{"reward":1,"percentile":50,"effect":0}}}""", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(""","capabilities":[{},{},{}]}""", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Responses_WritesListsInOrder()
    {
        var (lines, _) = Score([List], new ScoreOptions());
        Assert.Equal(
            """{"rewards":[-0.1,0,-0.2],"raw":[-1,0,-2],"category":["less","less","less"],"route":[{"more":0.25,"less":0.75},{"more":0.25,"less":0.75},{"more":0.25,"less":0.75}],"tokens":[1,0,2],"truncated":[false,false,false]}""",
            lines.Single().Replace("-0,", "0,", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_Truncated_SaysWhatWasCut()
    {
        var (lines, _) = Score([Good], new ScoreOptions(), (requests, _) => [.. new LetterModel().Score(requests).Select(scored => scored with { Truncated = "turns" })]);
        Assert.Contains("\"truncated\":\"turns\"", lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ManyLines_KeepTheirOrderAndBlankLinesCarryNothing()
    {
        string[] input = [.. Enumerable.Range(0, 700).Select(k => k % 50 == 49 ? "" : $$"""{"id": {{k}}, "prompt": "more", "response": "{{new string('a', k % 7)}}"}""")];
        var (lines, run) = Score(input, new ScoreOptions());
        Assert.Equal(686, lines.Length);
        Assert.Equal((686, 0), (run.Lines, run.Failed));
        foreach (var (line, k) in lines.Zip(Enumerable.Range(0, 700).Where(k => k % 50 != 49)))
        {
            using var answer = JsonDocument.Parse(line);
            Assert.Equal((k, k % 7), (answer.RootElement.GetProperty("id").GetInt32(), answer.RootElement.GetProperty("raw").GetInt32()));
        }
    }

    [Fact]
    public void Run_BadLine_StopsAfterTheEarlierAnswers()
    {
        using var output = new StringWriter();
        var run = new ScoreRun(new LetterModel().Score, new ScoreOptions(), output);
        var error = Assert.Throws<InvalidDataException>(() => Run(run, [Good, List, "", "nonsense", Good]));
        Assert.StartsWith("line 4: expected a JSON value", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Run_BadLineAndGoesOn_WritesIdAndError()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var run = new ScoreRun(new LetterModel().Score, new ScoreOptions(), output) { GoesOn = true };
        Run(run, [Good, """{"id": 5, "prompt": "more"}""", "nonsense", Good]);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((4, 4, 2), (lines.Length, run.Lines, run.Failed));
        Assert.Equal(lines[0], lines[3]);
        Assert.StartsWith("""{"id":5,"error":"line 2: expected prompt and response""", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("""{"id":null,"error":"line 3: expected a JSON value""", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ModelRefusesOneConversation_OnlyItsLineIsBad()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var run = new ScoreRun(Refusing, new ScoreOptions(), output) { GoesOn = true };
        Run(run, [Good, """{"id": 2, "prompt": "more", "responses": ["a", "far too long"]}""", Good]);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("""{"id":2,"error":"line 2: too long"}""", lines[1]);
        Assert.Equal(lines[0], lines[2]);
        Assert.Throws<InvalidDataException>(() => Run(new ScoreRun(Refusing, new ScoreOptions(), output), ["""{"prompt": "more", "response": "far too long"}"""]));
    }

    [Fact]
    public void Run_RewardIsNaN_IsAFaultOfTheLine()
    {
        var error = Assert.Throws<InvalidDataException>(() => Score([Good], new ScoreOptions(), (requests, _) => [.. new LetterModel().Score(requests).Select(scored => scored with { Raw = double.NaN })]));
        Assert.StartsWith("line 1: expected a finite reward", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InputStillOpen_AnswersWhatIsThere()
    {
        // A trainer writes a line and waits for its answer before it writes the next.
        using var input = new AnonymousPipeServerStream(PipeDirection.Out);
        using var inputEnd = new AnonymousPipeClientStream(PipeDirection.In, input.ClientSafePipeHandle);
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var answers = new StreamReader(new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle));
        using var writer = new StreamWriter(output) { AutoFlush = true };
        var run = new ScoreRun(new LetterModel().Score, new ScoreOptions(), writer);
        var running = Task.Run(() => run.Run(new InputLines(inputEnd), Read, CancellationToken.None), TestContext.Current.CancellationToken);
        for (var turn = 0; turn < 3; turn++)
        {
            await input.WriteAsync(Encoding.UTF8.GetBytes(Good + "\n"), TestContext.Current.CancellationToken);
            var answer = await answers.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.StartsWith("""{"id":"ü","reward":0.2""", answer, StringComparison.Ordinal);
        }

        input.Dispose();
        await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(3, run.Lines);
    }

    [Fact]
    public void Lines_OfAStreamThatIsClosedUnderThem_End()
    {
        // As after a bad line, when the command closes its input while the reader is at the next one.
        var stream = new MemoryStream();
        stream.Dispose();
        Assert.False(new InputLines(stream).TryTake(wait: true, CancellationToken.None, out _));
    }

    [Fact]
    public void Run_Stopped_ThrowsBeforeTheNextBatch()
    {
        var run = new ScoreRun(new LetterModel().Score, new ScoreOptions(), TextWriter.Null);
        Assert.ThrowsAny<OperationCanceledException>(() => run.Run(Lines([Good]), Read, new CancellationToken(canceled: true)));
        Assert.Equal(0, run.Lines);
    }

    private static IReadOnlyList<ScoredResponse> Refusing(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options) =>
        requests.Any(request => request.Response[0].Content.Contains("long", StringComparison.Ordinal)) ? throw new InvalidDataException("too long") : new LetterModel().Score(requests, options);

    private static (string[] Lines, ScoreRun Run) Score(
        string[] input, ScoreOptions options, Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>>? score = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var run = new ScoreRun(score ?? new LetterModel().Score, options, output);
        Run(run, input);
        return (output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), run);
    }

    private static void Run(ScoreRun run, string[] lines) => run.Run(Lines(lines), Read, CancellationToken.None);

    private static InputLines Lines(string[] lines) => new(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static ScoreRow Read((int Number, byte[] Utf8) line) => ScoreRow.Read(line.Utf8, $"line {line.Number}", LetterModel.Categories, null);
}
