using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Files;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;

namespace Dmoerm.Cli.Scoring;

/// <summary>What one input line asks for: conversations to score, or the reason why there are none.</summary>
internal sealed record ScoreRow
{
    // Fields of preference rows that a line of messages must not have besides.
    private static readonly string[] PreferenceFields = ["responses", "chosen", "rejected", "best", "losers"];

    /// <summary>Where the line stands, for error messages.</summary>
    public required string Origin { get; init; }

    /// <summary>The line's own id as it stands there; null where it has none.</summary>
    public JsonElement? Id { get; init; }

    /// <summary>The answer is lists, in the order of the responses, even of one.</summary>
    public bool IsList { get; init; }

    /// <summary>The conversations; empty for a bad line.</summary>
    public IReadOnlyList<ScoreRequest> Requests { get; init; } = [];

    /// <summary>Why the line cannot be read; null for a good one.</summary>
    public InvalidDataException? Fault { get; init; }

    /// <summary>Reads a line; a bad one becomes a row with a <see cref="Fault"/>.</summary>
    /// <param name="utf8">The line's bytes.</param>
    /// <param name="origin">Where it stands: <c>line n</c>.</param>
    /// <param name="categories">The model's categories.</param>
    /// <param name="category">Category for every line; null takes the line's own, or lets the router choose.</param>
    public static ScoreRow Read(ReadOnlyMemory<byte> utf8, string origin, IReadOnlyList<CategoryProfile> categories, string? category)
    {
        JsonElement? id = null;
        try
        {
            using var document = RowLines.Parse(utf8, origin);
            var fields = new RowFields(document.RootElement, origin);
            id = fields.Carried("id");
            return Read(document.RootElement, fields, categories, category) with { Id = id };
        }
        catch (InvalidDataException fault)
        {
            return new ScoreRow { Origin = origin, Id = id, Fault = fault };
        }
    }

    private static ScoreRow Read(JsonElement row, RowFields fields, IReadOnlyList<CategoryProfile> categories, string? category)
    {
        if (fields.Has("input_ids"))
        {
            Exclude(fields, "input_ids", ["prompt", "response", "messages", .. PreferenceFields]);
            return One(fields.Origin, ScoreRequest.OfIds(GivenIds.Read(fields), category ?? Named(fields, categories)));
        }

        // MTMC's rows hold a list of answers under that name.
        if (fields.Has("response") && !fields.Has("src"))
        {
            Exclude(fields, "response", ["responses", "messages"]);
            var named = category ?? Named(fields, categories);
            return One(fields.Origin, new(fields.Turns("prompt", "user"), AtLeastOne(fields, "response"), named) { Tools = fields.Tools() });
        }

        if (fields.Has("messages"))
        {
            Exclude(fields, "messages", ["prompt", .. PreferenceFields]);
            var turns = AtLeastOne(fields, "messages");
            return turns[^1].Role == "assistant"
                ? One(fields.Origin, new(turns[..^1], turns[^1..], category ?? Named(fields, categories)) { Tools = fields.Tools() })
                : throw new InvalidDataException($"{fields.Origin}: field 'messages': expected the last message to be the assistant's, came role '{turns[^1].Role}'.");
        }

        return fields.IsListOf("responses", JsonValueKind.String)
            ? Many(fields.Origin, fields.Turns("prompt", "user"), fields.Texts("responses").Select(text => new[] { Message.Assistant(text) }), fields.Tools(), category ?? Named(fields, categories))
            : Preference(row, fields, categories, category);
    }

    // A preference row's category is a fact of the data, not a wish: one that the model does not know leaves the choice to the router, as in eval.
    private static ScoreRow Preference(JsonElement row, RowFields fields, IReadOnlyList<CategoryProfile> categories, string? category)
    {
        if (KnownFormats.Find(fields) is not { } format)
        {
            var names = string.Join(", ", fields.All().Select(field => field.Name));
            throw new InvalidDataException(
                $"{fields.Origin}: expected prompt and response, prompt and responses, messages, or a row of a preference format ({string.Join(", ", PreferenceReader.Formats)}); came fields {(names.Length > 0 ? names : "none")}.");
        }

        var example = PreferenceReader.FromJson(row, fields.Origin, format.Name, new CategorySource());
        return Many(fields.Origin, example.Prompt, example.Responses.Select(response => response.Messages), example.Tools, category ?? NameOf(example.Category, categories));
    }

    private static ScoreRow One(string origin, ScoreRequest request) => new() { Origin = origin, Requests = [request] };

    private static ScoreRow Many(string origin, IReadOnlyList<Message> prompt, IEnumerable<IReadOnlyList<Message>> responses, string? tools, string? category) =>
        new() { Origin = origin, IsList = true, Requests = [.. responses.Select(response => new ScoreRequest(prompt, response, category) { Tools = tools })] };

    private static List<Message> AtLeastOne(RowFields fields, string name)
    {
        var turns = fields.Turns(name, "assistant");
        return turns.Count > 0 ? turns : throw fields.Fault(name, "at least one message", fields.Find(name));
    }

    private static void Exclude(RowFields fields, string name, string[] others)
    {
        if (Array.Find(others, fields.Has) is { } other)
        {
            throw new InvalidDataException($"{fields.Origin}: expected one of the fields '{name}' and '{other}', came both.");
        }
    }

    // A model without categories is the same for all of them.
    private static string? Named(RowFields fields, IReadOnlyList<CategoryProfile> categories) =>
        fields.TextOrNull("category") is not { } named || categories.Count == 0
            ? null
            : NameOf(named, categories)
                ?? throw fields.Fault("category", $"one of the model's ({string.Join(", ", categories.Select(profile => profile.Name))})", fields.Find("category"));

    private static string? NameOf(string? row, IReadOnlyList<CategoryProfile> categories) =>
        row is null ? null : (categories.FirstOrDefault(profile => profile.Name == row) ?? categories.FirstOrDefault(profile => profile.Source.RowCategory == row))?.Name;
}
