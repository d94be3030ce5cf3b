using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Templates;

/// <summary>Writes the turns of a conversation as the one text that a model was trained to read.</summary>
/// <remarks>
/// Templates are recognised by the hash of their source and rendered by code that gives the same text; a general interpreter is
/// not here yet, so any other template is refused.
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>A plain ChatML template of our own: every turn between <c>&lt;|im_start|&gt;role</c> and <c>&lt;|im_end|&gt;</c>, no default system prompt.</summary>
    public const string PlainChatMl =
        "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private readonly KnownTemplate _known;

    private ChatTemplate(string source, KnownTemplate known)
    {
        Source = source;
        _known = known;
    }

    /// <summary>Whose template it is.</summary>
    public string Name => _known.Name;

    /// <summary>The template as its file states it.</summary>
    public string Source { get; }

    /// <summary>Reads the template of a Hugging Face folder: <c>chat_template.jinja</c>, else <c>chat_template</c> in <c>tokenizer_config.json</c>.</summary>
    /// <exception cref="InvalidDataException">The folder has no template, or one that is not known.</exception>
    public static ChatTemplate Load(string folder)
    {
        var (source, path) = Read(folder);
        return source is null
            ? throw new InvalidDataException(
                File.Exists(path)
                    ? $"{path}: field 'chat_template' should be a text, but there is none, and no chat_template.jinja lies beside it."
                    : $"{path}: no such file, and no chat_template.jinja beside it; a chat template was expected in one of the two.")
            : FromSource(source, path);
    }

    /// <summary>The template of a folder as it stands there, known or not; null where there is none.</summary>
    /// <exception cref="InvalidDataException">A file of the folder is broken.</exception>
    public static string? SourceIn(string folder) => Read(folder).Source;

    /// <summary>Recognises a template.</summary>
    /// <param name="source">The Jinja text.</param>
    /// <param name="origin">The file it came from, for the error message.</param>
    /// <exception cref="InvalidDataException">The template is not known.</exception>
    public static ChatTemplate FromSource(string source, string origin)
    {
        var hash = Fingerprint(source);
        var known = KnownTemplate.All.FirstOrDefault(template => template.Hash == hash)
            ?? throw new InvalidDataException(
                $"{origin}: this chat template is not known; this version renders those of {string.Join(", ", KnownTemplate.All.Select(template => template.Name))}.");
        return new ChatTemplate(source, known);
    }

    /// <summary>The text of a conversation, exactly as the template gives it.</summary>
    /// <param name="messages">At least one turn.</param>
    /// <param name="addGenerationPrompt">Also open the assistant's next turn.</param>
    /// <exception cref="ArgumentException">There is no turn.</exception>
    public string Render(IReadOnlyList<Message> messages, bool addGenerationPrompt = false)
    {
        if (messages.Count == 0)
        {
            throw new ArgumentException("A conversation needs at least one turn to be rendered; none was given.", nameof(messages));
        }

        var text = new StringBuilder();
        _known.Write(messages, text);
        return text.Append(addGenerationPrompt ? "<|im_start|>assistant\n" : "").ToString();
    }

    // Line ends and a newline at the end change nothing that a template prints (Jinja drops the last one).
    internal static string Fingerprint(string source)
    {
        var normalised = source.ReplaceLineEndings("\n");
        normalised = normalised.EndsWith('\n') ? normalised[..^1] : normalised;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)));
    }

    private static (string? Source, string Path) Read(string folder)
    {
        var path = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(path))
        {
            return (File.ReadAllText(path), path);
        }

        path = Path.Combine(folder, "tokenizer_config.json");
        return (File.Exists(path) ? ReadFromConfig(path) : null, path);
    }

    private static string? ReadFromConfig(string path)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            return config.RootElement.ValueKind == JsonValueKind.Object
                && config.RootElement.TryGetProperty("chat_template", out var template)
                && template.ValueKind == JsonValueKind.String
                ? template.GetString()!
                : null;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
    }
}
