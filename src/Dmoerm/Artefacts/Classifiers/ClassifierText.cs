using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>How a model from elsewhere reads conversations.</summary>
/// <remarks>A tokenizer or template that is missing or broken is an error only when a conversation needs it: token ids need neither.</remarks>
internal sealed class ClassifierText
{
    private readonly ClassifierProfile _profile;
    private readonly ClassifierOptions _options;
    private readonly Lazy<Tokenizer> _tokenizer;
    private readonly Lazy<ChatTemplate> _template;

    /// <summary>Will read by the files of a folder, or by a template that the caller names.</summary>
    /// <exception cref="InvalidDataException">The named template cannot be read.</exception>
    public ClassifierText(ClassifierProfile profile, ClassifierOptions options)
    {
        (_profile, _options) = (profile, options);
        _tokenizer = new(() => Conversations.Tokenizers.Tokenizer.Load(profile.TokenizerFolder));
        var settings = new TemplateSettings { Variables = options.TemplateVariables, Date = options.Date?.ToDateTime(TimeOnly.MinValue) ?? options.Clock.GetLocalNow().DateTime };
        var named = options.ChatTemplate is { } path ? Named(path, settings) : null;
        _template = new(() => named ?? OfFolder(settings));
        HasTemplate = named is not null || ChatTemplate.SourceIn(profile.TemplateFolder) is not null;
    }

    /// <summary>There is a chat template, readable or not.</summary>
    public bool HasTemplate { get; }

    /// <summary>The chat template asks for the day.</summary>
    public bool ReadsClock => HasTemplate && Try(() => _template.Value) is { ReadsClock: true };

    /// <summary>The tokenizer; null where there is none that can be read.</summary>
    public Tokenizer? Tokenizer => Try(() => _tokenizer.Value);

    /// <summary>What conversations are encoded with.</summary>
    /// <exception cref="InvalidDataException">The folder has no tokenizer, or no template where one is needed, or one that cannot be read.</exception>
    public ConversationEncoder Encoder(EncodingOptions options) =>
        new(_options.Render == Rendering.Text ? null : _template.Value, _tokenizer.Value, options);

    private ChatTemplate Named(string path, TemplateSettings settings) => File.Exists(path)
        ? ChatTemplate.FromSource(ForeignFile.Text(path), path, _profile.TokenizerFolder, settings)
        : throw new InvalidDataException($"{path}: no such file; a chat template was expected there.");

    private ChatTemplate OfFolder(TemplateSettings settings) => HasTemplate
        ? ChatTemplate.Load(_profile.TemplateFolder, settings)
        : throw new InvalidDataException($"{_profile.Folder}: no chat_template.jinja, and no chat_template in tokenizer_config.json: name a file (--chat-template), or have conversations rendered as plain texts (--render text).");

    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
