using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>What is known to go wrong with reward models from elsewhere, in sentences, told from their files.</summary>
internal static class FolderWarnings
{
    /// <summary>The warnings on a folder.</summary>
    /// <param name="profile">What the folder says.</param>
    /// <param name="text">How it reads conversations.</param>
    /// <param name="isClockFixed">The user has said which day templates get.</param>
    public static IEnumerable<string> Of(ClassifierProfile profile, ClassifierText text, bool isClockFixed)
    {
        if (!profile.HasHead && (profile.Backbone.Config.IsClassifier || profile.Adapter is not null))
        {
            yield return "its head (score.weight) is missing: transformers would draw a random one without a word. Here scoring is refused, unless a new head is asked for (--new-head), whose rewards mean nothing before it is trained.";
        }

        if (Padding(profile, text.Tokenizer) is { } padding)
        {
            yield return padding;
        }

        if (!text.HasTemplate)
        {
            yield return "it has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json): conversations need one (--chat-template), or are rendered as plain texts (--render text).";
        }
        else if (!isClockFixed && text.ReadsClock)
        {
            yield return "its chat template reads the clock (strftime_now): the same conversation gets another reward on another day, unless the day is fixed (--date).";
        }

        if (profile.Normalisation is { Applies: false } scale)
        {
            yield return FormattableString.Invariant($"it states mean {scale.Mean} and std {scale.Deviation} of rewards, and normalize_reward is not on: rewards are as the head gives them.");
        }
    }

    private static string? Padding(ClassifierProfile profile, Tokenizer? tokenizer)
    {
        if (profile.Pooling == PoolingRule.Last || !profile.HasHead)
        {
            return null;
        }

        return profile.Backbone.Config.PadId is not { } pad ? "pad_token_id is not set: rewards are read at the last token, and transformers scores such a model one conversation at a time only."
            : profile.EndIds.Contains(pad) || (tokenizer?.EndOfText is { } end && tokenizer.IdOf(end) == pad) ? $"its pad token is its end-of-text token ({pad}): where a conversation ends in it, transformers' rule reads the token before, which may not be what it was trained on. The last token is read with --pooling last."
            : null;
    }
}
