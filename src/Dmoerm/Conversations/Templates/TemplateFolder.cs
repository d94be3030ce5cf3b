using System.Text.Json;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Templates;

/// <summary>A template with the place it was found at.</summary>
/// <param name="Text">The Jinja text.</param>
/// <param name="Origin">A file, perhaps with a field.</param>
/// <param name="WithTools">The one for conversations with tools; null where it is the same.</param>
internal sealed record TemplateSource(string Text, string Origin, TemplateSource? WithTools);

/// <summary>What a Hugging Face folder says of its chat template.</summary>
/// <remarks>Of several named templates, transformers takes <c>tool_use</c> where there are tools, and else <c>default</c>. Files of their own go before the field.</remarks>
internal static class TemplateFolder
{
    /// <summary>The template for conversations with tools, beside <c>chat_template.jinja</c>.</summary>
    public const string ToolsFile = "additional_chat_templates/" + ToolUse + ".jinja";

    private const string ToolUse = "tool_use";
    private const string FileName = "chat_template.jinja";
    private const string ConfigName = "tokenizer_config.json";
    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>The folder's template; null where it has none.</summary>
    /// <exception cref="InvalidDataException">A file is broken, or there are several and none is the default.</exception>
    public static TemplateSource? Find(string folder)
    {
        var (path, tools) = (Path.Combine(folder, FileName), Path.Combine(folder, ToolsFile));
        if (File.Exists(path))
        {
            var withTools = File.Exists(tools) ? new TemplateSource(ForeignFile.Text(tools), tools, null) : null;
            return new TemplateSource(ForeignFile.Text(path), path, withTools);
        }

        path = Path.Combine(folder, ConfigName);
        return Open(path) is { } config && config.TryGetProperty("chat_template", out var template) ? FromField(template, path) : null;
    }

    /// <summary>Why there is none.</summary>
    public static string Absence(string folder)
    {
        var path = Path.Combine(folder, ConfigName);
        return File.Exists(path)
            ? $"{path}: field 'chat_template' should be a text, but there is none, and no {FileName} lies beside it."
            : $"{path}: no such file, and no {FileName} beside it; a chat template was expected in one of the two.";
    }

    /// <summary>The special tokens that templates see, by name; one that the folder does not name is not defined.</summary>
    /// <exception cref="InvalidDataException">A file is broken.</exception>
    public static Dictionary<string, string> Tokens(string folder)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in (ReadOnlySpan<string>)[ConfigName, "special_tokens_map.json"])
        {
            var path = Path.Combine(folder, file);
            var config = Open(path);
            foreach (var name in TokenNames)
            {
                if (config is { } fields && SpecialToken.Text(fields, name, path) is { } text)
                {
                    tokens.TryAdd(name, text);
                }
            }
        }

        return tokens;
    }

    private static TemplateSource? FromField(JsonElement template, string path)
    {
        if (template.ValueKind == JsonValueKind.String)
        {
            return new TemplateSource(template.GetString()!, path, null);
        }

        if (template.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var named = template.EnumerateArray().Select((entry, place) => Named(entry, $"{path}, field 'chat_template[{place}]'")).ToList();
        var tools = named.Find(entry => entry.Name == ToolUse).Source;
        var plain = named.Find(entry => entry.Name == "default").Source;
        return plain is not null ? plain with { WithTools = tools } : throw new InvalidDataException(
            $"{path}: field 'chat_template': expected one of the templates to be called 'default', came {(named.Count == 0 ? "none" : string.Join(", ", named.Select(entry => $"'{entry.Name}'")))}; put the one to use into a {FileName}.");
    }

    private static (string Name, TemplateSource Source) Named(JsonElement entry, string place) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
        && entry.TryGetProperty("template", out var text) && text.ValueKind == JsonValueKind.String
            ? (name.GetString()!, new TemplateSource(text.GetString()!, place, null))
            : throw new InvalidDataException($"{place}: expected an object with the texts 'name' and 'template', came {entry.ValueKind}.");

    private static JsonElement? Open(string path) => File.Exists(path) ? ForeignFile.Object(path) : null;
}
