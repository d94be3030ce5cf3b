using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Syntax;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Templates;

/// <summary>Writes the turns of a conversation as the one text that a model was trained to read.</summary>
/// <remarks>
/// The text is what transformers' <c>apply_chat_template</c> renders, byte for byte. The template is read once; rendering is bounded in steps, depth and characters (<c>TemplateLimits</c>), since templates come with
/// other people's models. Safe for several threads. Source of the rules: what transformers 5.23 and Jinja 3.1.6 render of the reference templates and of small ones, see <c>docs/sources.md</c>.
/// </remarks>
public sealed class ChatTemplate
{
    /// <summary>A plain ChatML template of our own: every turn between <c>&lt;|im_start|&gt;role</c> and <c>&lt;|im_end|&gt;</c>, no default system prompt.</summary>
    public const string PlainChatMl =
        "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private readonly (string Origin, ParsedTemplate Parsed) _plain;
    private readonly (string Origin, ParsedTemplate Parsed)? _withTools;
    private readonly TemplateSource _source;
    private readonly KeyValuePair<string, object?>[] _variables;

    private ChatTemplate(TemplateSource source, IReadOnlyDictionary<string, string> tokens, TemplateSettings settings)
    {
        (_source, Settings) = (source, settings);
        _plain = (source.Origin, Parse(source.Text, source.Origin));
        _withTools = source.WithTools is { } other ? (other.Origin, Parse(other.Text, other.Origin)) : null;
        var variables = tokens.ToDictionary(token => token.Key, object? (token) => token.Value);
        foreach (var (name, value) in settings.Variables)
        {
            variables[name] = IsReserved(name) ? throw new ArgumentException($"A chat template is given '{name}' anyway, so no variable can have this name.", nameof(settings)) : JsonValues.Of(value);
        }

        _variables = [.. variables.Select(variable => new KeyValuePair<string, object?>(string.Intern(variable.Key), variable.Value))];
    }

    /// <summary>The template as its file states it; of several, the one for conversations without tools.</summary>
    public string Source => _source.Text;

    /// <summary>Where it was found: a file, perhaps with a field.</summary>
    public string Origin => _source.Origin;

    /// <summary>Variables and date that it is always given.</summary>
    public TemplateSettings Settings { get; }

    /// <summary>It names <c>strftime_now</c>: its texts may depend on the day, so that a model needs the same <see cref="TemplateSettings.Date"/> in training and in use.</summary>
    public bool ReadsClock => _plain.Parsed.ReadsClock || _withTools?.Parsed.ReadsClock == true;

    /// <summary>Reads the template of a Hugging Face folder: <c>chat_template.jinja</c> (and <c>additional_chat_templates</c>), else <c>chat_template</c> in <c>tokenizer_config.json</c>, one or a list of named ones.</summary>
    /// <param name="folder">The folder; its special tokens (<c>bos_token</c> and the like) are the template's variables.</param>
    /// <param name="settings">Further variables, and the date; null for none.</param>
    /// <exception cref="InvalidDataException">The folder has no template, or one that cannot be read.</exception>
    public static ChatTemplate Load(string folder, TemplateSettings? settings = null)
    {
        var source = TemplateFolder.Find(folder) ?? throw new InvalidDataException(TemplateFolder.Absence(folder));
        return new ChatTemplate(source, TemplateFolder.Tokens(folder), settings ?? new TemplateSettings());
    }

    /// <summary>The template of a folder as it stands there, readable or not; null where there is none.</summary>
    /// <exception cref="InvalidDataException">A file of the folder is broken.</exception>
    public static string? SourceIn(string folder) => TemplateFolder.Find(folder)?.Text;

    /// <summary>Reads a template.</summary>
    /// <param name="source">The Jinja text.</param>
    /// <param name="origin">The file it came from, for error messages.</param>
    /// <param name="tokensFrom">The Hugging Face folder whose special tokens are its variables; null for none.</param>
    /// <param name="settings">Further variables, and the date; null for none.</param>
    /// <exception cref="InvalidDataException">The text is no template, or asks for what this version lacks.</exception>
    public static ChatTemplate FromSource(string source, string origin, string? tokensFrom = null, TemplateSettings? settings = null) =>
        new(new TemplateSource(source, origin, null), tokensFrom is null ? new Dictionary<string, string>() : TemplateFolder.Tokens(tokensFrom), settings ?? new TemplateSettings());

    /// <summary>The text of a conversation, exactly as the template gives it.</summary>
    /// <param name="messages">At least one turn.</param>
    /// <param name="addGenerationPrompt">Also open the assistant's next turn.</param>
    /// <param name="tools">The tools that the conversation may use, a JSON list; null for none.</param>
    /// <exception cref="ArgumentException">There is no turn.</exception>
    /// <exception cref="InvalidDataException">The template refuses the conversation, fails on it, or takes too much; the sentence names the template's file and line.</exception>
    public string Render(IReadOnlyList<Message> messages, bool addGenerationPrompt = false, string? tools = null) => messages.Count == 0
        ? throw new ArgumentException("A conversation needs at least one turn to be rendered; none was given.", nameof(messages))
        : Run(new ListValue([.. messages.Select(ChatMessages.Of)]), tools is null ? null : JsonValues.Of(JsonElement.Parse(tools)), addGenerationPrompt, []).Text;

    /// <summary>The text of a conversation that is given as JSON, with all that it holds.</summary>
    /// <exception cref="ArgumentException">The messages are no list of objects.</exception>
    /// <exception cref="InvalidDataException">As for the other form.</exception>
    public RenderedChat Render(ChatInput chat)
    {
        if (chat.Messages.ValueKind != JsonValueKind.Array || chat.Messages.EnumerateArray().Any(message => message.ValueKind != JsonValueKind.Object))
        {
            throw new ArgumentException("Messages should be a list of objects.", nameof(chat));
        }

        var messages = ChatMessages.Of(chat.Messages);
        var extra = chat.Variables.Select(variable => new KeyValuePair<string, object?>(string.Intern(variable.Key), JsonValues.Of(variable.Value)));
        var run = Run(
            chat.ContinueFinalMessage ? FinalMessage.Marked(messages) : messages,
            chat.Tools is { } tools ? JsonValues.Of(tools) : null, chat.AddGenerationPrompt, extra);
        var text = run.Text;
        return new RenderedChat(chat.ContinueFinalMessage ? FinalMessage.Cut(text, _plain.Origin) : text, CodePoints.Of(text, run.Spans));
    }

    /// <summary>A name under which every template is given something, so that no variable can have it.</summary>
    internal static bool IsReserved(string name) => name is "messages" or "tools" or "documents" or "add_generation_prompt";

    /// <summary>A hash of the template, the one for tools included; equal where only line ends or a newline at the end differ, which print nothing.</summary>
    internal string Fingerprint() => HashOf(_source);

    /// <summary>The same of a folder's template, readable or not; null where there is none.</summary>
    internal static string? FingerprintIn(string folder) => TemplateFolder.Find(folder) is { } source ? HashOf(source) : null;

    private static string HashOf(TemplateSource source) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normal(source.Text) + (source.WithTools is { } tools ? "\0" + Normal(tools.Text) : ""))));

    private static string Normal(string source)
    {
        var normal = source.ReplaceLineEndings("\n");
        return normal.EndsWith('\n') ? normal[..^1] : normal;
    }

    private TemplateRun Run(ListValue messages, object? tools, bool addGenerationPrompt, IEnumerable<KeyValuePair<string, object?>> extra)
    {
        var (origin, parsed) = tools is not null && _withTools is { } other ? other : _plain;
        var root = new Scope(null);
        root.Set(Names.Messages, messages);
        root.Set(Names.Tools, tools);
        root.Set(Names.Documents, null);
        root.Set(Names.AddGenerationPrompt, addGenerationPrompt);
        foreach (var (name, value) in _variables.Concat(extra))
        {
            root.Set(name, value);
        }

        return Execute(parsed, origin, root, Settings.Date);
    }

    /// <summary>Renders a template with variables alone.</summary>
    internal static TemplateRun Execute(ParsedTemplate parsed, string origin, Scope root, DateTime? date)
    {
        var run = new TemplateRun(parsed.Frame.Open(null, root), date) { Blocks = parsed.Blocks };
        try
        {
            Statements.Statement.Run(parsed.Body, run);
            return run;
        }
        catch (TemplateFault fault)
        {
            var line = fault.Line > 0 ? fault.Line : run.Line;
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{origin}, line {line}: {(fault.IsRefusal ? "the template refuses the conversation: " : "the template fails: ")}{fault.Message}"), fault);
        }
    }

    /// <summary>Reads a template.</summary>
    internal static ParsedTemplate Parse(string source, string origin)
    {
        try
        {
            return StatementParser.Read(source);
        }
        catch (TemplateFault fault)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{origin}, line {fault.Line}: this is no chat template that can be read: {fault.Message}"), fault);
        }
    }

    // Interned, as scopes want them.
    private static class Names
    {
        public static readonly string Messages = string.Intern("messages");
        public static readonly string Tools = string.Intern("tools");
        public static readonly string Documents = string.Intern("documents");
        public static readonly string AddGenerationPrompt = string.Intern("add_generation_prompt");
    }
}
