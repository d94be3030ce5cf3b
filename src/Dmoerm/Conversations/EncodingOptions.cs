namespace Dmoerm.Conversations;

/// <summary>How long an encoded conversation may be.</summary>
public sealed record EncodingOptions
{
    /// <summary>Longest conversation in tokens. Default as in TRL's reward trainer.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>V, the number of ids that the model has an embedding for: a tokenizer that gives others is another model's. Null where no model is at hand.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>What happens to a response that is too long even when nothing is left of the prompt that may be cut.</summary>
    public TooLong TooLong { get; init; } = TooLong.Error;
}

/// <summary>What to do with a response that does not fit.</summary>
public enum TooLong
{
    /// <summary>Refuse it.</summary>
    Error,

    /// <summary>Leave the conversation out; the caller counts it.</summary>
    Drop,

    /// <summary>Cut the response's end, keeping the tokens that close its turn.</summary>
    Truncate,
}
