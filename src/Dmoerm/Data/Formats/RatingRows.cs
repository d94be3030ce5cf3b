using System.Globalization;
using System.Text.Json;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Rows that rate each response for itself; rows of one prompt are joined later, and scores become comparisons there.</summary>
internal static class RatingRows
{
    /// <summary>HelpSteer's attributes, higher is better or more.</summary>
    public static readonly string[] Attributes = ["helpfulness", "correctness", "coherence", "complexity", "verbosity"];

    /// <summary><c>unpaired</c>: TRL's unpaired rows; every completion with label true is better than every one of the same prompt with label false.</summary>
    public static RowContent Unpaired(RowFields row) =>
        new(row.Turns("prompt", "user"), [new Response { Messages = row.Answer("completion"), Score = row.Flag("label") ? 1 : 0 }], []);

    /// <summary><c>helpsteer</c>: one response a row; helpfulness is the overall score, and each attribute a capability's.</summary>
    public static RowContent HelpSteer(RowFields row, RowParser parser)
    {
        var scores = Attributes.Where(name => row.Find(name) is not null).ToDictionary(name => name, row.Number);
        var response = Response.FromText(row.Text("response")) with { Score = row.Number(Attributes[0]), Capabilities = parser.Capabilities(scores) };
        return new(TranscriptRows.MarkedPrompt(row.Text("prompt")), [response], []);
    }

    /// <summary><c>helpsteer2-preference</c>: below 0 the first response is better, above 0 the second, at 0 it is a tie.</summary>
    /// <remarks>The size, 1 to 3, is no margin: that is in units of reward. Source: HelpSteer's data card (of HelpSteer3, which states the scale).</remarks>
    public static RowContent HelpSteerPreference(RowFields row) => new(
        TranscriptRows.MarkedPrompt(row.Text("prompt")),
        [Response.FromText(row.Text("response_1")), Response.FromText(row.Text("response_2"))],
        [new Comparison(0, 1, (1 - Math.Sign(row.Choice("preference_strength", -3, 3))) / 2.0)]);

    /// <summary><c>ultrafeedback</c>: completions with a rating per aspect, which are capability scores, and an overall score.</summary>
    public static RowContent UltraFeedback(RowFields row, RowParser parser)
    {
        List<Response> responses = [];
        foreach (var completion in row.Objects("completions"))
        {
            var scores = new Dictionary<string, double>();
            foreach (var (aspect, _) in completion.Inner("annotations") is { } annotations ? annotations.All() : [])
            {
                if (Rating(completion.Inner("annotations")!.Value, aspect) is { } rating)
                {
                    scores.Add(aspect, rating);
                }
            }

            responses.Add(Response.FromText(completion.Text("response")) with
            {
                Model = completion.TextOrNull("model"),
                Score = completion.NumberOrNull("overall_score"),
                Capabilities = parser.Capabilities(scores),
            });
        }

        return responses.Count > 0
            ? new([Message.User(row.Text("instruction"))], responses, [])
            : throw row.Fault("completions", "at least one completion", row.Find("completions"));
    }

    // Ratings are written as texts; an aspect that does not apply is "N/A".
    private static double? Rating(RowFields annotations, string aspect)
    {
        var annotation = annotations.Inner(aspect)!.Value;
        var value = annotation.Find("Rating");
        return value switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } when annotation.Text("Rating") is "N/A" => null,
            { ValueKind: JsonValueKind.String } when double.TryParse(annotation.Text("Rating"), NumberStyles.Float, CultureInfo.InvariantCulture, out var rating) && double.IsFinite(rating) => rating,
            { ValueKind: JsonValueKind.Number } => annotation.Number("Rating"),
            _ => throw annotation.Fault("Rating", "a number, or N/A", value),
        };
    }
}
