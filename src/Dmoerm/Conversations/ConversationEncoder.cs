using Dmoerm.Data;

namespace Dmoerm.Conversations;

/// <summary>Turns conversations into token ids that fit the limit.</summary>
/// <remarks>
/// The ids are those of the template's output without generation prompt, a trailing newline included, tokenised without added
/// special tokens. Too long: whole oldest turns go first (system messages stay), then the middle of the last user turn.
/// </remarks>
public sealed class ConversationEncoder(ChatTemplate template, Tokenizer tokenizer, EncodingOptions options)
{
    /// <summary>Encodes one conversation.</summary>
    /// <param name="prompt">The turns before the response; may be empty, then the response's turns are rendered alone.</param>
    /// <param name="response">The response's turns.</param>
    /// <param name="origin">File and line, for error messages.</param>
    /// <returns>The encoded conversation; null where the response is too long and such rows are to be dropped.</returns>
    /// <exception cref="InvalidDataException">The response has no turn, a turn's role is not printed by the template, or the conversation does not fit and may be neither cut nor dropped.</exception>
    public EncodedConversation? Encode(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response, string origin)
    {
        if (response.Count == 0)
        {
            throw new InvalidDataException($"{origin}: a response needs at least one turn, but has none.");
        }

        CheckRoles([.. prompt, .. response], origin);
        var draft = new Draft(prompt, response, Ids(prompt, response), Truncation.None);
        if (Fits(draft))
        {
            return Finish(draft);
        }

        draft = DropTurns(draft);
        draft = Fits(draft) ? draft : CutPrompt(draft);
        if (!Fits(draft) && options.TooLong == TooLong.Truncate)
        {
            draft = CutResponse(draft);
        }

        return Fits(draft)
            ? Finish(draft)
            : options.TooLong == TooLong.Drop
                ? null
                : throw new InvalidDataException(
                    $"{origin}: the conversation has {draft.Ids.Length} tokens after everything that may be cut was cut; the limit is {options.MaxTokens}.");
    }

    // Some templates print nothing for a role that they do not name; what is scored must not lose a turn in silence.
    private void CheckRoles(Message[] messages, string origin)
    {
        var other = Array.FindIndex(messages, message => message.Role is not ("system" or "user" or "assistant" or "tool"));
        if (other >= 0 && messages.Length > 1 && template.Render(messages) == template.Render([.. messages[..other], .. messages[(other + 1)..]]))
        {
            throw new InvalidDataException($"{origin}: the chat template prints nothing for a turn of role '{messages[other].Role}'; use system, user, assistant or tool.");
        }
    }

    // A turn is a user message with all that follows it up to the next one, so that no answer is left without its question.
    private Draft DropTurns(Draft draft)
    {
        while (!Fits(draft))
        {
            var first = IndexOf(draft.Prompt, 0, message => message.Role != "system");
            var next = IndexOf(draft.Prompt, first + 1, message => message.Role == "user");
            if (next == draft.Prompt.Count)
            {
                return draft;
            }

            Message[] kept = [.. draft.Prompt.Where((message, i) => i < first || i >= next || message.Role == "system")];
            draft = new Draft(kept, draft.Response, Ids(kept, draft.Response), Truncation.Turns);
        }

        return draft;
    }

    private Draft CutPrompt(Draft draft)
    {
        var place = draft.Prompt.Select((message, i) => (message, i)).LastOrDefault(pair => pair.message.Role == "user", (null!, -1)).i;
        if (place < 0)
        {
            return draft;
        }

        var content = draft.Prompt[place].Content;
        return Longest(TextCut.Length(content), kept =>
        {
            Message[] cut = [.. draft.Prompt];
            cut[place] = cut[place] with { Content = TextCut.Middle(content, kept) };
            return new Draft(cut, draft.Response, Ids(cut, draft.Response), Truncation.Prompt);
        });
    }

    private Draft CutResponse(Draft draft) => Longest(draft.Response.Sum(message => TextCut.Length(message.Content)), kept =>
    {
        var cut = TextCut.Head(draft.Response, kept);
        return new Draft(draft.Prompt, cut, Ids(draft.Prompt, cut), Truncation.Response);
    });

    // The longest cut that fits; the shortest one where none does. Doubles from below, so that the cost follows the limit
    // and not the text.
    private Draft Longest(int all, Func<int, Draft> cut)
    {
        var best = cut(0);
        if (!Fits(best))
        {
            return best;
        }

        var (fits, fails) = (0, Math.Min(all, options.MaxTokens));
        while (fails < all && Fits(cut(fails)))
        {
            (fits, fails) = (fails, Math.Min(all, 2 * fails));
        }

        while (fails - fits > 1)
        {
            var middle = fits + (fails - fits) / 2;
            (fits, fails) = Fits(cut(middle)) ? (middle, fails) : (fits, middle);
        }

        return cut(fits);
    }

    private EncodedConversation Finish(Draft draft)
    {
        // Not every template renders nothing, and then there is no prompt to share.
        var prompt = draft.Prompt.Count == 0 ? [] : tokenizer.Encode(template.Render(draft.Prompt, addGenerationPrompt: true));
        var common = prompt.AsSpan().CommonPrefixLength(draft.Ids);
        return new EncodedConversation(draft.Ids, Math.Max(1, common), draft.Truncated);
    }

    private bool Fits(Draft draft) => draft.Ids.Length <= options.MaxTokens;

    private int[] Ids(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response) => tokenizer.Encode(template.Render([.. prompt, .. response]));

    private static int IndexOf(IReadOnlyList<Message> messages, int from, Func<Message, bool> wanted)
    {
        while (from < messages.Count && !wanted(messages[from]))
        {
            from++;
        }

        return Math.Min(from, messages.Count);
    }

    private sealed record Draft(IReadOnlyList<Message> Prompt, IReadOnlyList<Message> Response, int[] Ids, Truncation Truncated);
}
