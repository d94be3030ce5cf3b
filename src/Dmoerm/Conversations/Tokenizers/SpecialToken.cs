using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>A special token as <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> name it.</summary>
internal static class SpecialToken
{
    /// <summary>The token's text, which is written as such or as an object's <c>content</c>; null where there is none.</summary>
    /// <param name="file">The file's object.</param>
    /// <param name="name">Such as <c>eos_token</c>.</param>
    /// <param name="path">The file, for error messages.</param>
    /// <exception cref="InvalidDataException">The field is neither.</exception>
    public static string? Text(JsonElement file, string name, string path)
    {
        if (!file.TryGetProperty(name, out var token) || token.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content) ? content : token;
        return text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : throw new InvalidDataException($"{path}: field '{name}': expected a text, or an object with the text 'content', came {text.ValueKind}.");
    }
}
