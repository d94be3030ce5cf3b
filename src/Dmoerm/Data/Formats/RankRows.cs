using System.Text.Json;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Rows that put their responses in an order.</summary>
internal static class RankRows
{
    /// <summary><c>ranked-list</c>: responses, texts or objects, with a list of ranks beside them or a rank in each object.</summary>
    public static RowContent List(RowFields row, RowParser parser)
    {
        List<Response> responses = [];
        List<double> ranks = [];
        if (row.IsListOf("responses", JsonValueKind.Object))
        {
            foreach (var response in row.Objects("responses"))
            {
                var messages = response.Answer(response.Find("messages") is null ? "text" : "messages");
                responses.Add(new Response { Messages = messages, Model = response.TextOrNull("model") });
                ranks.AddRange(HasRankList(row) ? [] : [response.Number("rank")]);
            }
        }
        else
        {
            responses.AddRange(row.Texts("responses").Select(Response.FromText));
        }

        ranks = HasRankList(row) ? row.Numbers(RankField(row)) : ranks;
        return new(row.Turns("prompt", "user"), responses, Comparisons(row, "responses", responses.Count, RankField(row), ranks, parser));
    }

    /// <summary><c>nemo-rl</c>: NeMo-RL's context and completions, rank 0 best.</summary>
    public static RowContent NemoRl(RowFields row, RowParser parser)
    {
        var completions = row.Objects("completions");
        List<Response> responses = [.. completions.Select(completion => new Response { Messages = completion.Answer("completion") })];
        List<double> ranks = [.. completions.Select(completion => completion.Number("rank"))];
        return new(row.Turns("context", "user"), responses, Comparisons(row, "completions", responses.Count, "rank", ranks, parser));
    }

    /// <summary>A row holds its ranks as a list of its own.</summary>
    public static bool HasRankList(RowFields row) => row.IsList("rank") || row.IsList("ranks");

    /// <summary>Each two responses compared by their ranks; equal ranks are a tie, and a comparison.</summary>
    /// <exception cref="InvalidDataException">Fewer than two responses, or another number of ranks.</exception>
    public static List<Comparison> Comparisons(RowFields row, string list, int numResponses, string rankField, List<double> ranks, RowParser parser)
    {
        if (numResponses < 2)
        {
            throw row.Fault(list, "at least two responses", row.Find(list));
        }

        if (ranks.Count != numResponses)
        {
            throw row.Fault(rankField, $"a rank for each of the {numResponses} responses", row.Find(rankField));
        }

        var sign = parser.Source.RankOrder == RankOrder.HigherIsBetter ? -1 : 1;
        var comparisons = new List<Comparison>();
        for (var i = 0; i < numResponses; i++)
        {
            for (var j = i + 1; j < numResponses; j++)
            {
                comparisons.Add(new Comparison(i, j, (1 - sign * Math.Sign(ranks[i] - ranks[j])) / 2.0));
            }
        }

        return comparisons;
    }

    private static string RankField(RowFields row) => row.Find("rank") is null ? "ranks" : "rank";
}
