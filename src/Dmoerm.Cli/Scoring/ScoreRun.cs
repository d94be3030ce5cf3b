using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Scoring;

/// <summary>Scores lines as they come: many at once where many are there, and every answer out as soon as it is known.</summary>
/// <param name="score">Scores requests in their order.</param>
/// <param name="options">How to score.</param>
/// <param name="output">Takes the answers, one a line.</param>
internal sealed class ScoreRun(Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>> score, ScoreOptions options, TextWriter output)
{
    // Enough for batches of like lengths; a waiting trainer gets its answers after these.
    private const int BatchResponses = 128;

    /// <summary>A bad line becomes an error line and the run goes on.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Told how many lines are done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Lines answered, error lines included.</summary>
    public int Lines { get; private set; }

    /// <summary>Error lines.</summary>
    public int Failed { get; private set; }

    /// <summary>Scores to the end of the input.</summary>
    /// <param name="input">The lines.</param>
    /// <param name="read">Turns a line into a row.</param>
    /// <param name="stopped">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">A bad line, unless the run goes on after those; all answers before it are out.</exception>
    public void Run(InputLines input, Func<(int Number, byte[] Utf8), ScoreRow> read, CancellationToken stopped)
    {
        while (NextBatch(input, read, stopped) is { Count: > 0 } batch)
        {
            stopped.ThrowIfCancellationRequested();
            foreach (var (row, result) in Answers(batch))
            {
                Write(row, result);
            }

            output.Flush();
            Progress?.Invoke(Lines);
        }
    }

    private List<ScoreRow> NextBatch(InputLines input, Func<(int Number, byte[] Utf8), ScoreRow> read, CancellationToken stopped)
    {
        var batch = new List<ScoreRow>();
        var responses = 0;
        while (responses < BatchResponses && input.TryTake(wait: batch.Count == 0, stopped, out var line))
        {
            var row = read(line);
            batch.Add(row);
            responses += row.Requests.Count;
            if (row.Fault is not null && !GoesOn)
            {
                break;
            }
        }

        return batch;
    }

    // All at once; where one conversation is refused, row by row, so that the others get their answers.
    private IEnumerable<(ScoreRow Row, object Result)> Answers(List<ScoreRow> batch)
    {
        var together = TryScore([.. batch.SelectMany(row => row.Requests)]);
        var start = 0;
        foreach (var row in batch)
        {
            var result = (object?)row.Fault
                ?? (together is IReadOnlyList<ScoredResponse> all ? all.Skip(start).Take(row.Requests.Count).ToArray() : TryScore(row.Requests));
            start += row.Requests.Count;
            yield return (row, result);
        }
    }

    private object TryScore(IReadOnlyList<ScoreRequest> requests)
    {
        try
        {
            return requests.Count == 0 ? Array.Empty<ScoredResponse>() : score(requests, options);
        }
        catch (InvalidDataException fault)
        {
            return fault;
        }
    }

    private void Write(ScoreRow row, object result)
    {
        var fault = result as InvalidDataException;
        var scored = result as IReadOnlyList<ScoredResponse>;
        if (scored?.FirstOrDefault(one => !one.IsFinite) is { } broken)
        {
            fault = new InvalidDataException($"{row.Origin}: expected a finite reward, the model gave {(broken.Attributes is null ? broken.Raw : double.NaN)}.");
        }

        if (fault is not null && !GoesOn)
        {
            output.Flush();
            throw new InvalidDataException(Sentence(row, fault), fault);
        }

        Failed += fault is null ? 0 : 1;
        Lines++;
        output.WriteLine(fault is null ? ScoreJson.Answer(row, scored!) : ScoreJson.Error(row, Sentence(row, fault)));
    }

    // What the model refuses does not know where the row stands.
    private static string Sentence(ScoreRow row, InvalidDataException fault)
    {
        var sentence = Failure.Sentence(fault);
        return sentence.StartsWith(row.Origin, StringComparison.Ordinal) ? sentence : $"{row.Origin}: {sentence}";
    }
}
