using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Evaluation;

/// <summary>Scores of conversations, each of which is scored once however many comparisons ask for it.</summary>
/// <param name="score">Scores requests in their order.</param>
/// <param name="options">How to score. A response over the limit should be cut: its comparisons still count, and the report says how many there were.</param>
/// <param name="progress">Told the stage, how many are done and of how many; may be null.</param>
internal sealed class ConversationScores(
    Func<IReadOnlyList<ScoreRequest>, ScoreOptions?, IReadOnlyList<ScoredResponse>> score, ScoreOptions options, Action<string, int, int>? progress)
{
    // Large enough to fill batches, small enough to see progress.
    private const int Chunk = 256;

    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<ScoreRequest> _conversations = [];
    private readonly List<string> _origins = [];
    private readonly HashSet<(int Conversation, string Category)> _known = [];
    private readonly Dictionary<(int Conversation, string Category), ScoredResponse> _given = [];
    private ScoredResponse[] _routed = [];

    /// <summary>Asks for a conversation, and for its score by its row's own category.</summary>
    /// <param name="prompt">The turns before the response.</param>
    /// <param name="response">The response's turns.</param>
    /// <param name="tools">The tools that the conversation may use; null for none.</param>
    /// <param name="own">The row's category if the model knows it, else null.</param>
    /// <param name="origin">Where the row stands, for error messages.</param>
    /// <returns>The conversation's number.</returns>
    public int Ask(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response, string? tools, string? own, string origin)
    {
        var key = Key(prompt, response) + tools;
        if (!_index.TryGetValue(key, out var conversation))
        {
            conversation = _conversations.Count;
            _index.Add(key, conversation);
            _conversations.Add(new ScoreRequest(prompt, response) { Tools = tools });
            _origins.Add(origin);
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
        _routed = Run("scoring", [.. _conversations.Select((conversation, k) => (conversation with { Category = category }, _origins[k]))]);
        (int Conversation, string Category)[] again = [.. _known.Where(own => _routed[own.Conversation].Category != own.Category || _routed[own.Conversation].Fallback == true)];
        var rescored = Run("scoring with the rows' own category", [.. again.Select(own => (_conversations[own.Conversation] with { Category = own.Category }, _origins[own.Conversation]))]);
        foreach (var own in _known)
        {
            _given[own] = _routed[own.Conversation];
        }

        foreach (var (own, scored) in again.Zip(rescored))
        {
            _given[own] = scored;
        }
    }

    /// <summary>The distinct conversations that were cut to fit, counted by what was cut.</summary>
    public IEnumerable<(string What, int Count)> Cuts() =>
        _routed.Where(scored => scored.Truncated is not null).GroupBy(scored => scored.Truncated!).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.Count()));

    /// <summary>The distinct conversations for which the router fell back, of how many; null where the model has no fallback.</summary>
    public (int Count, int Of)? Fallbacks() => _routed.Any(scored => scored.Fallback is not null) ? (_routed.Count(scored => scored.Fallback == true), _routed.Length) : null;

    /// <summary>The score of a conversation as the model is used.</summary>
    public ScoredResponse Routed(int conversation) => _routed[conversation];

    /// <summary>The score of a conversation by its row's own category.</summary>
    public ScoredResponse Given(int conversation, string own) => _given[(conversation, own)];

    /// <summary>The scores of all distinct conversations of a category by its own model, in the order in which they were asked for.</summary>
    public IReadOnlyList<ScoredResponse> Given(string own) => [.. _given.Where(given => given.Key.Category == own).OrderBy(given => given.Key.Conversation).Select(given => given.Value)];

    /// <summary>What tells conversations apart: every turn's role and content.</summary>
    public static string Key(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response)
    {
        var key = new StringBuilder().Append(prompt.Count);
        foreach (var message in prompt.Concat(response))
        {
            // With its length before it, no text can pass for a border.
            key.Append(' ').Append(message.Role.Length).Append(' ').Append(message.Role).Append(message.Content.Length).Append(' ').Append(message.Content).Append(message.Mark);
        }

        return key.ToString();
    }

    private ScoredResponse[] Run(string stage, (ScoreRequest Request, string Origin)[] asked)
    {
        // Like lengths together: a batch is padded to its longest.
        var scored = new ScoredResponse[asked.Length];
        var done = 0;
        foreach (var places in Enumerable.Range(0, asked.Length).OrderBy(place => Length(asked[place].Request)).Chunk(Chunk))
        {
            var results = ScoreChunk([.. places.Select(place => asked[place])]);
            foreach (var (place, result) in places.Zip(results))
            {
                scored[place] = result;
            }

            progress?.Invoke(stage, done += places.Length, asked.Length);
        }

        return scored;
    }

    private IReadOnlyList<ScoredResponse> ScoreChunk((ScoreRequest Request, string Origin)[] asked)
    {
        try
        {
            return score([.. asked.Select(one => one.Request)], options);
        }
        catch (InvalidDataException) when (asked.Length > 1)
        {
            // Which one was it? The model does not know where a row stands.
            return [.. asked.SelectMany(one => ScoreChunk([one]))];
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{asked[0].Origin}: {fault.Message}", fault);
        }
    }

    private static int Length(ScoreRequest request) => request.Prompt.Concat(request.Response).Sum(message => message.Content.Length);
}
