using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Evaluation;

/// <summary>Scores of conversations, each of which is scored once however many comparisons ask for it.</summary>
/// <param name="score">Scores requests in their order.</param>
/// <param name="explain">Also ask for the capabilities' own rewards.</param>
/// <param name="progress">Told the stage, how many are done and of how many; may be null.</param>
internal sealed class ConversationScores(
    Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>> score, bool explain, Action<string, int, int>? progress)
{
    // Large enough to fill batches, small enough to see progress.
    private const int Chunk = 256;

    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<ScoreRequest> _conversations = [];
    private readonly HashSet<(int Conversation, string Category)> _known = [];
    private readonly Dictionary<(int Conversation, string Category), ScoredResponse> _given = [];
    private ScoredResponse[] _routed = [];

    /// <summary>Asks for a conversation, and for its score by its row's own category.</summary>
    /// <param name="prompt">The turns before the response.</param>
    /// <param name="response">The response's turns.</param>
    /// <param name="own">The row's category if the model knows it, else null.</param>
    /// <returns>The conversation's number.</returns>
    public int Ask(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response, string? own)
    {
        var key = Key(prompt, response);
        if (!_index.TryGetValue(key, out var conversation))
        {
            conversation = _conversations.Count;
            _index.Add(key, conversation);
            _conversations.Add(new ScoreRequest(prompt, response));
        }

        if (own is not null)
        {
            _known.Add((conversation, own));
        }

        return conversation;
    }

    /// <summary>Scores all that was asked for; where the router chose the row's own category, one score serves both.</summary>
    /// <param name="category">The category for all of them; null lets the router choose.</param>
    public void Score(string? category)
    {
        _routed = Run("scoring", [.. _conversations.Select(conversation => conversation with { Category = category })]);
        (int Conversation, string Category)[] again = [.. _known.Where(own => _routed[own.Conversation].Category != own.Category)];
        var rescored = Run("scoring with the rows' own category", [.. again.Select(own => _conversations[own.Conversation] with { Category = own.Category })]);
        foreach (var own in _known)
        {
            _given[own] = _routed[own.Conversation];
        }

        foreach (var (own, scored) in again.Zip(rescored))
        {
            _given[own] = scored;
        }
    }

    /// <summary>The score of a conversation as the model is used.</summary>
    public ScoredResponse Routed(int conversation) => _routed[conversation];

    /// <summary>The score of a conversation by its row's own category.</summary>
    public ScoredResponse Given(int conversation, string own) => _given[(conversation, own)];

    /// <summary>What tells conversations apart: every turn's role and content.</summary>
    public static string Key(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response)
    {
        var key = new StringBuilder().Append(prompt.Count);
        foreach (var message in prompt.Concat(response))
        {
            // With its length before it, no text can pass for a border.
            key.Append(' ').Append(message.Role.Length).Append(' ').Append(message.Role).Append(message.Content.Length).Append(' ').Append(message.Content);
        }

        return key.ToString();
    }

    private ScoredResponse[] Run(string stage, ScoreRequest[] requests)
    {
        // Like lengths together: a batch is padded to its longest.
        var scored = new ScoredResponse[requests.Length];
        var done = 0;
        foreach (var places in Enumerable.Range(0, requests.Length).OrderBy(place => Length(requests[place])).Chunk(Chunk))
        {
            var results = score([.. places.Select(place => requests[place])], new ScoreOptions { Explain = explain });
            foreach (var (place, result) in places.Zip(results))
            {
                scored[place] = result;
            }

            progress?.Invoke(stage, done += places.Length, requests.Length);
        }

        return scored;
    }

    private static int Length(ScoreRequest request) => request.Prompt.Concat(request.Response).Sum(message => message.Content.Length);
}
