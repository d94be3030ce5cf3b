using Dmoerm.Data.Rows;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Formats;

/// <summary>Rows that hold a list of responses: our own format and scored lists.</summary>
internal static class ListRows
{
    private static readonly string[] ResponseFields = ["text", "messages", "model", "score", "capabilities", "ratings"];
    private static readonly string[] ComparisonFields = ["i", "j", "p", "capability", "margin", "weight"];

    /// <summary>Our own row format, <c>dmoerm</c>; a misspelt field is an error.</summary>
    public static RowContent Own(RowFields row, RowParser parser)
    {
        List<Response> responses = [];
        foreach (var response in Listed(row, "responses"))
        {
            RejectUnknown(response, ResponseFields);
            responses.Add(AsResponse(response, response.NumberOrNull("score"), parser));
        }

        var comparisons = new List<Comparison>();
        foreach (var comparison in row.Find("comparisons") is null ? [] : row.Objects("comparisons"))
        {
            RejectUnknown(comparison, ComparisonFields);
            comparisons.Add(AsComparison(comparison, responses.Count));
        }

        parser.ComparedCapabilities.UnionWith(comparisons.Select(comparison => comparison.Capability).OfType<string>());
        // Comparisons of capabilities that the source does not name are columns that nobody asked for.
        comparisons.RemoveAll(comparison => comparison.Capability is { } name && !parser.Source.Capabilities.ContainsKey(name));
        return new(row.Turns("prompt", "user"), responses, comparisons);
    }

    /// <summary>Scored lists, <c>scored-list</c>: every response has <c>overall</c> (or <c>win_rate</c>), which may be null.</summary>
    public static RowContent Scored(RowFields row, RowParser parser)
    {
        List<Response> responses = [];
        foreach (var response in Listed(row, "responses"))
        {
            var field = response.Has("overall") || !response.Has("win_rate") ? "overall" : "win_rate";
            var score = response.Has(field) ? response.NumberOrNull(field) : response.Number(field);
            responses.Add(AsResponse(response, score, parser));
        }

        return new(row.Turns("prompt", "user"), responses, []);
    }

    private static List<RowFields> Listed(RowFields row, string name)
    {
        var listed = row.Objects(name);
        return listed.Count > 0 ? listed : throw row.Fault(name, "at least one response", row.Find(name));
    }

    private static Response AsResponse(RowFields fields, double? score, RowParser parser)
    {
        if (fields.Find("text") is { } text && fields.Find("messages") is not null)
        {
            throw fields.Fault("text", "text or messages, not both", text);
        }

        var messages = fields.Find("messages") is null ? [Message.Assistant(fields.Text("text"))] : fields.Turns("messages", "assistant");
        if (messages.Count == 0)
        {
            throw fields.Fault("messages", "at least one message", fields.Find("messages"));
        }

        var ratings = fields.NumberOrNull("ratings") ?? 1;
        return new Response
        {
            Messages = messages,
            Model = fields.TextOrNull("model"),
            Score = score,
            Capabilities = parser.Capabilities(fields.Inner("capabilities")),
            Ratings = ratings >= 1 ? ratings : throw fields.Fault("ratings", "a number of at least 1", fields.Find("ratings")),
        };
    }

    private static Comparison AsComparison(RowFields fields, int numResponses)
    {
        var (i, j, p) = (fields.Index("i", numResponses), fields.Index("j", numResponses), fields.Number("p"));
        if (i == j)
        {
            throw fields.Fault("j", "another response than i", fields.Find("j"));
        }

        if (p is < 0 or > 1)
        {
            throw fields.Fault("p", "a probability in [0, 1]", fields.Find("p"));
        }

        var weight = fields.NumberOrNull("weight") ?? 1;
        return weight >= 0
            ? new Comparison(i, j, p, fields.TextOrNull("capability"), fields.NumberOrNull("margin"), weight)
            : throw fields.Fault("weight", "a number of at least 0", fields.Find("weight"));
    }

    private static void RejectUnknown(RowFields fields, string[] known)
    {
        foreach (var (name, value) in fields.All())
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw fields.Fault(name, $"no such field (nearest: '{NearestName.Of(name, known)}')", value);
            }
        }
    }
}
