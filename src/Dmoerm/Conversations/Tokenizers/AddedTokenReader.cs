namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Reads the <c>added_tokens</c> of a <c>tokenizer.json</c>.</summary>
internal static class AddedTokenReader
{
    /// <summary>Reads the list.</summary>
    /// <param name="list">The field.</param>
    /// <param name="vocabulary">The model's.</param>
    /// <param name="normaliser">The file's.</param>
    /// <returns>The tokens, in the order of the file; no two look the same.</returns>
    /// <exception cref="InvalidDataException">A token is broken, stands twice (in normalised texts, too), or has an id that tokenizers would not give it.</exception>
    public static AddedToken[] Read(TokenizerField list, Dictionary<string, int> vocabulary, Normaliser normaliser)
    {
        var (tokens, contents, written) = (new List<AddedToken>(), new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        var next = vocabulary.Count;
        foreach (var field in list.Items())
        {
            var token = ReadToken(field);
            // tokenizers numbers added tokens itself and only warns where the file says otherwise.
            var id = vocabulary.TryGetValue(token.Content, out var known) ? known : next;
            if (token.Id != id)
            {
                throw field.Error($"the token '{token.Content}' has id {token.Id}, but by its place {id}");
            }

            if (!contents.Add(token.Content))
            {
                throw field.Error($"the token '{token.Content}' stands twice");
            }

            if (token.Normalized)
            {
                CheckWritten(token.Content, normaliser.Apply(token.Content), written, field);
            }

            next = Math.Max(next, id + 1);
            tokens.Add(token);
        }

        return [.. tokens];
    }

    // Which of two that look the same is found is a matter of chance in tokenizers.
    private static void CheckWritten(string content, string normalised, Dictionary<string, string> written, TokenizerField field)
    {
        if (normalised.Length == 0)
        {
            throw field.Error($"nothing is left of the token '{content}' after the normalizer");
        }

        if (!written.TryAdd(normalised, content))
        {
            throw field.Error($"the tokens '{written[normalised]}' and '{content}' are the same after the normalizer");
        }
    }

    private static AddedToken ReadToken(TokenizerField field)
    {
        field.OnlyFields("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var content = field.Need("content").Text();
        return content.Length > 0
            ? new AddedToken
            {
                Id = field.Need("id").Count(0),
                Content = content,
                Special = field.Flag("special", false),
                Normalized = field.Flag("normalized", false),
                SingleWord = field.Flag("single_word", false),
                StripLeft = field.Flag("lstrip", false),
                StripRight = field.Flag("rstrip", false),
            }
            : throw field.Error("an added token should have a text");
    }
}
