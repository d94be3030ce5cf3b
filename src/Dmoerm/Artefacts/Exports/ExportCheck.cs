using Dmoerm.Conversations;
using Dmoerm.Data;

namespace Dmoerm.Artefacts.Exports;

/// <summary>Conversations on which what was written is compared with the model, before it gets its name.</summary>
internal static class ExportCheck
{
    // Short and long, plain and not, one turn and several: what an encoder may trip over.
    private static readonly (string Prompt, string Response)[] Turns =
    [
        ("What is the capital of Norway?", "Oslo."),
        ("Tell me a story about a horse near the river.", "Long ago a horse came to the river. It was dear to all, and the golden light glowed like a crown. Nobody knew where it came from, and nobody asked."),
        ("How do I boil an egg?", "First, bring water to a boil.\nThen lower the egg in with a spoon, and wait eight minutes.\n\n- Cold water stops it.\n- Salt is a matter of taste."),
        ("Übersetze: naïve café, 東京, 🙂", "Naives Café, Tokio, 🙂"),
        ("x", "1 + 1 = 2; f(x) = { x -> x * x }"),
    ];

    /// <summary>The conversations as a category's model reads them.</summary>
    public static IReadOnlyList<EncodedConversation> Rows(ConversationEncoder encoder, Rendering rendering)
    {
        var single = Turns.Select((turn, place) => encoder.Encode([Message.User(turn.Prompt)], [Message.Assistant(turn.Response)], $"conversation {place + 1} of the check", rendering)!);
        if (rendering == Rendering.Text)
        {
            return [.. single];
        }

        Message[] before = [Message.User(Turns[0].Prompt), Message.Assistant(Turns[0].Response), Message.User("And of Sweden?")];
        return [.. single, encoder.Encode(before, [Message.Assistant("Stockholm, of course.")], "the last conversation of the check", rendering)!];
    }

    /// <summary>The encoder that the model scores with.</summary>
    public static ConversationEncoder EncoderOf(ArtefactParts parts) =>
        new(parts.Template, parts.Tokenizer, new EncodingOptions { MaxTokens = parts.MaxTokens, VocabularySize = parts.Backbone.Config.VocabularySize, TooLong = TooLong.Truncate });

    /// <summary>Fails unless rewards agree: to 1e-5 of their size, or 1e-4 of their standard deviation where that is known.</summary>
    /// <returns>The largest difference.</returns>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static double Compare(IReadOnlyList<double> expected, IReadOnlyList<double> found, double? deviation, string folder)
    {
        var largest = expected.Zip(found, (before, after) => Math.Abs(before - after)).Max();
        var tolerance = Math.Max(1e-5 * Math.Max(1, expected.Max(Math.Abs)), 1e-4 * (deviation ?? 0));
        return largest <= tolerance
            ? largest
            : throw new InvalidDataException(FormattableString.Invariant($"{folder}: what was written gives other rewards than the model: they differ by up to {largest:g3}, expected at most {tolerance:g3}. Nothing was kept."));
    }
}
