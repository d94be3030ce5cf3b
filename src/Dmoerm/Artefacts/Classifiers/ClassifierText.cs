using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>How a model from elsewhere reads conversations.</summary>
/// <remarks>Tokenizer and template are loaded when the first text comes: token ids need neither, and not every folder has them.</remarks>
internal sealed class ClassifierText
{
    private readonly ClassifierProfile _profile;
    private readonly ClassifierOptions _options;
    private readonly Lazy<Tokenizer> _tokenizer;
    private readonly Lazy<ChatTemplate> _template;

    /// <summary>Will read by the files of a folder, or by a template that the caller names.</summary>
    /// <exception cref="InvalidDataException">The named template cannot be read.</exception>
    /// <exception cref="ArgumentException">Variables are given, which no template reads so far.</exception>
    public ClassifierText(ClassifierProfile profile, ClassifierOptions options)
    {
        if (options.TemplateVariables.Count > 0)
        {
            throw new ArgumentException($"The chat templates that this version renders read no variables, such as {options.TemplateVariables.Keys.First()}.", nameof(options));
        }

        (_profile, _options) = (profile, options);
        _tokenizer = new(() => Tokenizer.Load(profile.TokenizerFolder));
        var named = options.ChatTemplate is { } path ? Named(path) : null;
        _template = new(() => named ?? OfFolder());
        Source = named?.Source ?? ChatTemplate.SourceIn(profile.TemplateFolder);
    }

    /// <summary>The template as its file states it; null where there is none.</summary>
    public string? Source { get; }

    /// <summary>The id of the tokenizer's end-of-text token; null where there is none, or no tokenizer that can be read.</summary>
    public int? EndOfText => Try(() => _tokenizer.Value.EndOfText is { } end ? _tokenizer.Value.IdOf(end) : (int?)null);

    /// <summary>What conversations are encoded with.</summary>
    /// <exception cref="InvalidDataException">The folder has no tokenizer, or no template where one is needed, or one that cannot be read.</exception>
    public ConversationEncoder Encoder(EncodingOptions options) =>
        new(_options.Render == Rendering.Text ? null : _template.Value, _tokenizer.Value, options);

    private static ChatTemplate Named(string path) => File.Exists(path)
        ? ChatTemplate.FromSource(File.ReadAllText(path), path)
        : throw new InvalidDataException($"{path}: no such file; a chat template was expected there.");

    private ChatTemplate OfFolder() => Source is not null
        ? ChatTemplate.Load(_profile.TemplateFolder)
        : throw new InvalidDataException($"{_profile.Folder}: no chat_template.jinja, and no chat_template in tokenizer_config.json: name a file (--chat-template), or have conversations rendered as plain texts (--render text).");

    private static int? Try(Func<int?> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            return null;
        }
    }
}
