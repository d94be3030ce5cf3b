using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Examples;

/// <summary>Turns examples into token ids, each response once, and counts what the limit did.</summary>
/// <param name="encoder">Renders, tokenises and cuts.</param>
/// <param name="categories">How each category renders; null renders all as chats.</param>
public sealed class ExampleEncoder(ConversationEncoder encoder, IReadOnlyDictionary<string, CategorySource>? categories = null)
{
    private readonly Dictionary<Response, EncodedConversation?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Response, EncodedConversation?> _waiting = new(ReferenceEqualityComparer.Instance);

    /// <summary>Responses left out because they were too long.</summary>
    public int Dropped => _known.Values.Count(row => row is null);

    /// <summary>Conversations of which something was cut.</summary>
    public int Cut => _known.Values.Count(row => row is not null && row.Truncated != Truncation.None);

    /// <summary>Conversations whose response alone is too long, so that nothing of the last question is left either: what reads prompts reads nothing there.</summary>
    public int LostPrompts => _known.Values.Count(row => row?.Truncated == Truncation.Response);

    /// <summary>Categories render differently, so that the router reads some conversations otherwise than their category.</summary>
    public bool IsMixed => categories is not null && categories.Values.Select(source => source.Render).Distinct().Count() > 1;

    /// <summary>Encodes an example; comparisons with a response that was left out go with it.</summary>
    /// <param name="category">The category that it trains.</param>
    /// <param name="example">The example; a cut of an earlier one finds its responses encoded.</param>
    public TrainingExample Encode(string category, PreferenceExample example)
    {
        var rows = example.Responses.Select(response => Encode(example, response, RenderingOf(example.Category ?? category))).ToArray();
        var kept = Enumerable.Range(0, rows.Length).Where(index => rows[index] is not null).ToArray();
        var place = kept.Select((index, position) => (index, position)).ToDictionary(pair => pair.index, pair => pair.position);
        Comparison[] comparisons = [.. example.Comparisons.Where(comparison => place.ContainsKey(comparison.I) && place.ContainsKey(comparison.J))
            .Select(comparison => comparison with { I = place[comparison.I], J = place[comparison.J] })];
        var source = kept.Length == rows.Length ? example : example with { Responses = [.. kept.Select(index => example.Responses[index])], Comparisons = comparisons };
        return new TrainingExample(category, [.. kept.Select(index => rows[index]!)], comparisons, source);
    }

    /// <summary>Encodes examples, in order.</summary>
    /// <param name="category">The category that they train.</param>
    /// <param name="examples">The examples.</param>
    public TrainingExample[] Encode(string category, IEnumerable<PreferenceExample> examples) => [.. examples.Select(example => Encode(category, example))];

    /// <summary>The conversation that shows the router an example's prompt: as the router will read it in use, before the category is known.</summary>
    /// <param name="example">With at least one response.</param>
    /// <returns>Null where it is too long to be read.</returns>
    public EncodedConversation? RouterRow(TrainingExample example) => IsMixed && example.Source is { } source && RenderingOf(example.Category) == Rendering.Text
        ? encoder.Encode(source.Prompt, source.Responses[0].Messages, source.Origin, tools: source.Tools)
        : example.Responses[0];

    /// <summary>The same of an example that no category has yet.</summary>
    /// <returns>Null where every response is too long to be read.</returns>
    public EncodedConversation? RouterRow(PreferenceExample example)
    {
        var rows = IsMixed ? example.Responses.Select(response => encoder.Encode(example.Prompt, response.Messages, example.Origin, tools: example.Tools)) : Wait(example);
        return rows.FirstOrDefault(row => row is not null);
    }

    /// <summary>The conversations of an example that no category has yet; they count as cut or left out only when a category encodes it.</summary>
    public IReadOnlyList<EncodedConversation> Waiting(PreferenceExample example) => [.. Wait(example).OfType<EncodedConversation>()];

    private IEnumerable<EncodedConversation?> Wait(PreferenceExample example)
    {
        foreach (var response in example.Responses)
        {
            if (!_waiting.TryGetValue(response, out var row))
            {
                row = encoder.Encode(example.Prompt, response.Messages, example.Origin, RenderingOf(example.Category!), example.Tools);
                _waiting[response] = row;
            }

            yield return row;
        }
    }

    private Rendering RenderingOf(string category) => categories is not null && categories.TryGetValue(category, out var source) ? source.Render : Rendering.Chat;

    private EncodedConversation? Encode(PreferenceExample example, Response response, Rendering rendering)
    {
        if (!_known.TryGetValue(response, out var row))
        {
            row = _waiting.TryGetValue(response, out var waiting) ? waiting : encoder.Encode(example.Prompt, response.Messages, example.Origin, rendering, example.Tools);
            _known[response] = row;
        }

        return row;
    }
}
