namespace Dmoerm.Data.Rows;

/// <summary>Rows that say which of few responses is better: pairs, TRL's pairs, best-of-n.</summary>
internal static class PairRows
{
    /// <summary><c>pairs</c>: a prompt, chosen and rejected, with votes, reasons and margin where given.</summary>
    public static RowContent Pair(RowFields row, RowParser parser) => Compare(row, row.Turns("prompt", "user"), parser);

    /// <summary><c>trl</c>: as TRL reads preference rows; without a prompt, the first messages that both sides share are the prompt.</summary>
    public static RowContent Trl(RowFields row, RowParser parser)
    {
        foreach (var name in (ReadOnlySpan<string>)["tools", "chat_template_kwargs"])
        {
            if (row.Find(name) is { } unread)
            {
                throw row.Fault(name, "no such field (conversations with it are not read)", unread);
            }
        }

        return Compare(row, row.Find("prompt") is null ? [] : row.Turns("prompt", "user"), parser);
    }

    /// <summary><c>best-of-n</c>: the best answer against each loser.</summary>
    public static RowContent BestOfN(RowFields row)
    {
        List<Response> responses = [new() { Messages = Turns(row, "best") }];
        row.Require("losers", "a list of texts");
        responses.AddRange(row.Texts("losers").Select(Response.FromText));
        return responses.Count > 1
            ? new(row.Turns("prompt", "user"), responses, [.. Enumerable.Range(1, responses.Count - 1).Select(loser => new Comparison(0, loser, 1))])
            : throw row.Fault("losers", "at least one text", row.Find("losers"));
    }

    private static RowContent Compare(RowFields row, List<Message> prompt, RowParser parser)
    {
        var (chosen, rejected) = (Turns(row, "chosen"), Turns(row, "rejected"));
        if (row.Find("prompt") is null)
        {
            var shared = Shared(chosen, rejected);
            prompt = chosen[..shared];
            (chosen, rejected) = (chosen[shared..], rejected[shared..]);
        }

        List<Comparison> comparisons = [new(0, 1, Probability(row), Margin: row.NumberOrNull("margin"))];
        comparisons.AddRange(parser.Reasoned(row.Texts("reasons")).Select(capability => new Comparison(0, 1, 1, capability)));
        return new(
            prompt,
            [
                new() { Messages = chosen, Model = row.TextOrNull("chosen_model") },
                new() { Messages = rejected, Model = row.TextOrNull("rejected_model") },
            ],
            comparisons);
    }

    // At least one message is left on each side: a response is never empty of turns.
    private static int Shared(List<Message> chosen, List<Message> rejected)
    {
        var shared = 0;
        while (shared < Math.Min(chosen.Count, rejected.Count) - 1 && chosen[shared] == rejected[shared])
        {
            shared++;
        }

        return shared;
    }

    private static List<Message> Turns(RowFields row, string name)
    {
        var turns = row.Turns(name, "assistant");
        return turns.Count > 0 ? turns : throw row.Fault(name, "text or at least one message", row.Find(name));
    }

    private static double Probability(RowFields row)
    {
        if (row.Find("votes") is not { } came)
        {
            return 1;
        }

        const string Expected = "two numbers of votes, for chosen and for rejected, not both 0";
        var votes = row.Numbers("votes");
        return votes.Count == 2 && votes.TrueForAll(vote => vote >= 0) && votes[0] + votes[1] > 0
            ? votes[0] / (votes[0] + votes[1])
            : throw row.Fault("votes", Expected, came);
    }
}
