using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Conversations;

/// <summary>Turns conversations into token ids that fit the limit.</summary>
/// <remarks>
/// <see cref="Rendering.Chat"/>: the ids are those of the template's output without generation prompt, a trailing newline included, tokenised without added
/// special tokens. <see cref="Rendering.Text"/>: prompt, response and end-of-text token (unless the response ends in it) as one text, with the special tokens that the tokenizer puts
/// around a text; so is a response without any prompt, whatever is asked. Too long: whole oldest turns go first (system messages stay), then the middle of the last user turn.
/// Source of the texts: TRL's data preparation, as its reference rows show it.
/// </remarks>
/// <param name="template">Renders chats; null where only texts are to be encoded.</param>
/// <param name="tokenizer">From text to ids.</param>
/// <param name="options">The limit.</param>
public sealed class ConversationEncoder(ChatTemplate? template, Tokenizer tokenizer, EncodingOptions options)
{
    /// <summary>Encodes one conversation.</summary>
    /// <param name="prompt">The turns before the response; may be empty, then the response is a text, or its turns are rendered alone.</param>
    /// <param name="response">The response's turns.</param>
    /// <param name="origin">File and line, for error messages.</param>
    /// <param name="rendering">How it becomes a text.</param>
    /// <param name="tools">The tools that the conversation may use, a JSON list for the chat template; null for none.</param>
    /// <returns>The encoded conversation; null where the response is too long and such rows are to be dropped.</returns>
    /// <exception cref="InvalidDataException">The response has no turn, a turn's role is not printed by the template, turns cannot be one text, no token is left, the model has no embedding for one, the folder lacks a template or an end-of-text token, or the conversation does not fit and may be neither cut nor dropped.</exception>
    public EncodedConversation? Encode(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response, string origin, Rendering rendering = Rendering.Chat, string? tools = null)
    {
        if (response.Count == 0)
        {
            throw new InvalidDataException($"{origin}: a response needs at least one turn, but has none.");
        }

        var isText = rendering == Rendering.Text || (prompt.Count == 0 && response is [{ Role: "assistant" }]);
        if (isText)
        {
            CheckText(prompt, response, tools, origin);
        }
        else
        {
            CheckChat([.. prompt, .. response], tools, origin);
        }

        var draft = Write(new Draft([.. prompt], response, tools, origin, [], Truncation.None, isText));
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

    private void CheckText(IReadOnlyList<Message> prompt, IReadOnlyList<Message> response, string? tools, string origin)
    {
        if (tools is not null || prompt.Concat(response).Any(message => message.Fields is not null))
        {
            throw new InvalidDataException($"{origin}: rendered as text, a conversation has texts alone; this one has {(tools is not null ? "tools" : "messages with tool calls, thoughts or the like")}, which only a chat template can write.");
        }

        if (prompt.Count > 1 || prompt.Any(message => message.Role != "user") || response is not [{ Role: "assistant" }])
        {
            throw new InvalidDataException(
                $"{origin}: rendered as text, a conversation is one text of the user and one of the assistant; came turns of {string.Join(", ", prompt.Concat(response).Select(message => message.Role))}.");
        }

        if (tokenizer.EndOfText is null)
        {
            throw new InvalidDataException($"{origin}: rendered as text, a conversation ends in the tokenizer's end-of-text token, but its folder names no eos_token in tokenizer_config.json or special_tokens_map.json.");
        }
    }

    // Some templates print nothing for a role that they do not name; what is scored must not lose a turn in silence.
    private void CheckChat(Message[] messages, string? tools, string origin)
    {
        if (template is null)
        {
            throw new InvalidDataException($"{origin}: the conversation is to be rendered as a chat, but no chat template is known for the model.");
        }

        var other = Array.FindIndex(messages, message => message.Role is not ("system" or "user" or "assistant" or "tool"));
        if (other >= 0 && messages.Length > 1 && Render(messages, tools, origin) == Without(messages, other, tools))
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
            if (next == draft.Prompt.Length)
            {
                return draft;
            }

            Message[] kept = [.. draft.Prompt.Where((message, i) => i < first || i >= next || message.Role == "system")];
            draft = Write(draft with { Prompt = kept, Truncated = Truncation.Turns });
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
            return Write(draft with { Prompt = cut, Truncated = Truncation.Prompt });
        });
    }

    private Draft CutResponse(Draft draft) => Longest(draft.Response.Sum(message => TextCut.Length(message.Content)), kept =>
    {
        var cut = TextCut.Head(draft.Response, kept);
        return Write(draft with { Response = cut, Truncated = Truncation.Response });
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
        if (draft.Ids.Length == 0)
        {
            throw new InvalidDataException($"{draft.Origin}: expected at least one token, came none: the conversation {(draft.IsText ? "is an empty text" : $"is rendered as nothing by its template ({template!.Origin})")}.");
        }

        if (options.VocabularySize is { } known && Array.FindIndex(draft.Ids, id => id >= known) is >= 0 and var place)
        {
            throw new InvalidDataException($"{draft.Origin}: the tokenizer gives the id {draft.Ids[place]} ('{tokenizer.Decode([draft.Ids[place]])}'), and the model's ids are 0 to {known - 1}: the two do not belong together.");
        }

        // Not every template renders nothing, and then there is no prompt to share.
        var prompt = draft.Prompt.Length == 0 ? []
            : draft.IsText ? tokenizer.EncodeWhole(draft.Prompt[0].Content)
            : PromptOf(draft);
        var common = prompt.AsSpan().CommonPrefixLength(draft.Ids);
        return new EncodedConversation(draft.Ids, Math.Max(1, common), draft.Truncated);
    }

    private bool Fits(Draft draft) => draft.Ids.Length <= options.MaxTokens;

    private Draft Write(Draft draft) => draft with
    {
        Ids = draft.IsText ? tokenizer.EncodeWhole(Text(draft)) : tokenizer.Encode(Render([.. draft.Prompt, .. draft.Response], draft.Tools, draft.Origin)),
    };

    private string Render(Message[] messages, string? tools, string origin)
    {
        try
        {
            return template!.Render(messages, tools: tools);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{origin}: {fault.Message}", fault);
        }
    }

    // Null where the template takes the turn for granted and refuses the rest.
    private string? Without(Message[] messages, int turn, string? tools)
    {
        try
        {
            return template!.Render([.. messages[..turn], .. messages[(turn + 1)..]], tools: tools);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // Some templates refuse a prompt that the response would have completed, such as one that is a system message alone: then no part of it is known to be shared.
    private int[] PromptOf(Draft draft)
    {
        try
        {
            return tokenizer.Encode(template!.Render(draft.Prompt, addGenerationPrompt: true, draft.Tools));
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private string Text(Draft draft)
    {
        var text = string.Concat(draft.Prompt.Concat(draft.Response).Select(message => message.Content));
        return text.EndsWith(tokenizer.EndOfText!, StringComparison.Ordinal) ? text : text + tokenizer.EndOfText;
    }

    private static int IndexOf(Message[] messages, int from, Func<Message, bool> wanted)
    {
        while (from < messages.Length && !wanted(messages[from]))
        {
            from++;
        }

        return Math.Min(from, messages.Length);
    }

    private sealed record Draft(Message[] Prompt, IReadOnlyList<Message> Response, string? Tools, string Origin, int[] Ids, Truncation Truncated, bool IsText);
}
