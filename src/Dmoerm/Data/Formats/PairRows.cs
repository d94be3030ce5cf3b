using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Rows that say which of few responses is better: pairs, TRL's pairs, best-of-n, every chosen against every rejected.</summary>
internal static class PairRows
{
    /// <summary><c>pairs</c>: a prompt, chosen and rejected, with votes, reasons and margin where given.</summary>
    public static RowContent Pair(RowFields row, RowParser parser)
    {
        RefuseVariables(row);
        return Compare(row, row.Turns("prompt", "user"), parser);
    }

    /// <summary><c>trl</c>: as TRL reads preference rows; without a prompt, the first messages that both sides share are the prompt.</summary>
    public static RowContent Trl(RowFields row, RowParser parser)
    {
        RefuseVariables(row);
        return Compare(row, row.Find("prompt") is null ? null : row.Turns("prompt", "user"), parser);
    }

    /// <summary><c>best-of-n</c>: the best answer against each loser.</summary>
    public static RowContent BestOfN(RowFields row)
    {
        List<Response> responses = [new() { Messages = row.Answer("best") }];
        row.Require("losers", "a list of texts");
        responses.AddRange(row.Texts("losers").Select(Response.FromText));
        return responses.Count > 1
            ? new(row.Turns("prompt", "user"), responses, [.. Enumerable.Range(1, responses.Count - 1).Select(loser => new Comparison(0, loser, 1))])
            : throw row.Fault("losers", "at least one text", row.Find("losers"));
    }

    /// <summary><c>chosen-sets</c>: every chosen text against every rejected one.</summary>
    public static RowContent Sets(RowFields row)
    {
        var (chosen, rejected) = (Side(row, "chosen"), Side(row, "rejected"));
        var comparisons = from i in Enumerable.Range(0, chosen.Count) from j in Enumerable.Range(chosen.Count, rejected.Count) select new Comparison(i, j, 1);
        return new(row.Turns("prompt", "user"), [.. chosen, .. rejected], [.. comparisons]);
    }

    /// <summary>Chosen against rejected, and what else a pair row says of them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="prompt">The prompt; null takes the first messages that both sides share.</param>
    /// <param name="parser">Names the capabilities.</param>
    public static RowContent Compare(RowFields row, List<Message>? prompt, RowParser parser)
    {
        var (chosen, rejected) = (row.Answer("chosen"), row.Answer("rejected"));
        if (prompt is null)
        {
            var shared = Shared(chosen, rejected);
            prompt = chosen[..shared];
            (chosen, rejected) = (chosen[shared..], rejected[shared..]);
        }
        else
        {
            (chosen, rejected) = (WithoutPrompt(row, "chosen", prompt, chosen), WithoutPrompt(row, "rejected", prompt, rejected));
        }

        return Of(row, prompt, chosen, rejected, parser);
    }

    /// <summary>The first of two answers against the second.</summary>
    public static RowContent Of(RowFields row, List<Message> prompt, List<Message> chosen, List<Message> rejected, RowParser parser)
    {
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

    /// <summary>How many first messages two sides share. At least one message is left on each side: a response is never empty of turns.</summary>
    public static int Shared(List<Message> chosen, List<Message> rejected)
    {
        var shared = 0;
        while (shared < Math.Min(chosen.Count, rejected.Count) - 1 && chosen[shared] == rejected[shared])
        {
            shared++;
        }

        return shared;
    }

    // Variables change what the chat template writes, and a model has the same for all rows.
    private static void RefuseVariables(RowFields row)
    {
        const string Name = "chat_template_kwargs";
        if (row.Find(Name) is { } unread)
        {
            throw row.Fault(Name, "no such field (a model's template variables are the same for all rows: recipe, field backbone.template)", unread);
        }
    }

    // Some sets (UltraFeedback binarized) state the prompt and repeat it at the head of both sides.
    private static List<Message> WithoutPrompt(RowFields row, string side, List<Message> prompt, List<Message> turns)
    {
        if (turns.Count > prompt.Count && prompt.Zip(turns).All(pair => pair.First.Role == pair.Second.Role && pair.First.Content.Trim() == pair.Second.Content.Trim() && pair.First.Fields == pair.Second.Fields))
        {
            return turns[prompt.Count..];
        }

        return turns[0].Role is "user" or "system"
            ? throw row.Fault(side, $"an answer, or the prompt's turns and an answer (the first message is the {turns[0].Role}'s, and not the prompt's)", row.Find(side))
            : turns;
    }

    private static List<Response> Side(RowFields row, string name)
    {
        row.Require(name, "a list of texts");
        var texts = row.Texts(name);
        return texts.Count > 0 ? [.. texts.Select(Response.FromText)] : throw row.Fault(name, "at least one text", row.Find(name));
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
