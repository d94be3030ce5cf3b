using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Conversations;

/// <summary>How long conversations are in tokens, and what a limit would cut.</summary>
/// <param name="template">The backbone's.</param>
/// <param name="tokenizer">The backbone's.</param>
/// <param name="maxTokens">The limit that is tried.</param>
public sealed class LengthSurvey(ChatTemplate template, Tokenizer tokenizer, int maxTokens)
{
    private readonly ConversationEncoder _whole = new(template, tokenizer, new EncodingOptions { MaxTokens = int.MaxValue });
    private readonly ConversationEncoder _limited = new(template, tokenizer, new EncodingOptions { MaxTokens = maxTokens, TooLong = TooLong.Truncate });
    private readonly SortedDictionary<int, long> _lengths = [];
    private readonly Dictionary<Truncation, long> _cut = [];
    private long _count;

    /// <summary>Measures every response of a row, after its prompt.</summary>
    /// <exception cref="InvalidDataException">The template cannot print the row, or not even its frame fits the limit.</exception>
    public void Add(PreferenceExample example)
    {
        foreach (var response in example.Responses)
        {
            var length = _whole.Encode(example.Prompt, response.Messages, example.Origin, tools: example.Tools)!.Ids.Length;
            _lengths[length] = _lengths.GetValueOrDefault(length) + 1;
            _count++;
            if (length > maxTokens)
            {
                var cut = _limited.Encode(example.Prompt, response.Messages, example.Origin, tools: example.Tools)!.Truncated;
                _cut[cut] = _cut.GetValueOrDefault(cut) + 1;
            }
        }
    }

    /// <summary>What was measured.</summary>
    public ConversationLengths Report() => new()
    {
        MaxTokens = maxTokens,
        Conversations = _count,
        Quantiles = new double[] { 0, 0.5, 0.9, 0.95, 0.99, 1 }.ToDictionary(share => share, Quantile),
        TurnsCut = _cut.GetValueOrDefault(Truncation.Turns),
        PromptsCut = _cut.GetValueOrDefault(Truncation.Prompt),
        ResponsesCut = _cut.GetValueOrDefault(Truncation.Response),
    };

    // The smallest length that at least this share of conversations does not exceed.
    private int Quantile(double share)
    {
        var seen = 0L;
        foreach (var (length, count) in _lengths)
        {
            seen += count;
            if (seen >= share * _count)
            {
                return length;
            }
        }

        return 0;
    }
}

/// <summary>Lengths of conversations in tokens.</summary>
public sealed record ConversationLengths
{
    /// <summary>The limit that was tried.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Conversations measured: each response of each row, with its prompt.</summary>
    public required long Conversations { get; init; }

    /// <summary>Tokens by share of conversations: 0 the shortest, 0.5 the median, 1 the longest.</summary>
    public required IReadOnlyDictionary<double, int> Quantiles { get; init; }

    /// <summary>Conversations that fit once old turns are dropped.</summary>
    public required long TurnsCut { get; init; }

    /// <summary>Conversations of which the middle of the last user turn is cut as well.</summary>
    public required long PromptsCut { get; init; }

    /// <summary>Conversations whose response is cut: what <c>tooLong</c> decides about.</summary>
    public required long ResponsesCut { get; init; }
}
