namespace Dmoerm.Data;

/// <summary>One answer to a prompt, with what people or models said of it.</summary>
public sealed record Response
{
    /// <summary>The answer's turns; for a text, one assistant turn.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Who wrote it; null when the source does not say.</summary>
    public string? Model { get; init; }

    /// <summary>Overall score, higher is better, on the source's own scale; null when unrated.</summary>
    public double? Score { get; init; }

    /// <summary>Capability scores by name, higher is better (error flags are negated by the reader); absent when unrated.</summary>
    public IReadOnlyDictionary<string, double> Capabilities { get; init; } = new Dictionary<string, double>();

    /// <summary>How many ratings stand behind the scores: the weight when equal texts are merged. At least 1.</summary>
    public double Ratings { get; init; } = 1;

    /// <summary>The contents of all turns, joined by newlines: what text rules (length, equality) look at.</summary>
    public string Text => Messages.Count == 1 ? Messages[0].Content : string.Join('\n', Messages.Select(message => message.Content));

    /// <summary>An answer that is one assistant turn.</summary>
    public static Response FromText(string text) => new() { Messages = [Message.Assistant(text)] };
}
