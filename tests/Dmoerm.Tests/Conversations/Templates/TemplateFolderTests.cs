using System.Text.Json;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;

namespace Dmoerm.Tests.Conversations.Templates;

public sealed class TemplateFolderTests : IDisposable
{
    private static readonly Message[] Hi = [Message.User("Hi")];
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_ListOfNamedTemplates_TakesToolUseWhereThereAreTools()
    {
        Config("""{"chat_template": [{"name": "rag", "template": "R"}, {"name": "tool_use", "template": "T{{ tools | length }}"}, {"name": "default", "template": "D{{ tools }}"}]}""");
        var template = ChatTemplate.Load(_folder);
        Assert.Equal("DNone", template.Render(Hi));
        Assert.Equal("T1", template.Render(Hi, tools: """[{"type": "function"}]"""));
        Assert.Equal("D{{ tools }}", template.Source);
    }

    [Theory]
    [InlineData("""[{"name": "rag", "template": "R"}]""", "field 'chat_template': expected one of the templates to be called 'default', came 'rag'; put the one to use into a chat_template.jinja.")]
    [InlineData("[]", "came none")]
    [InlineData("""["D"]""", "field 'chat_template[0]': expected an object with the texts 'name' and 'template', came String.")]
    [InlineData("""{"default": "D"}""", "field 'chat_template' should be a text")]
    public void Load_ListThatCannotBeChosenFrom_IsRefused(string list, string problem)
    {
        Config($$"""{"chat_template": {{list}}}""");
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FilesOfTheirOwn_GoBeforeTheField()
    {
        Config("""{"chat_template": "F"}""");
        Assert.Equal("F", ChatTemplate.Load(_folder).Render(Hi));
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), "D");
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        File.WriteAllText(Path.Combine(_folder, "additional_chat_templates", "tool_use.jinja"), "T");
        Assert.Equal(("D", "T"), (ChatTemplate.Load(_folder).Render(Hi), ChatTemplate.Load(_folder).Render(Hi, tools: "[{}]")));
    }

    [Fact]
    public void Load_SpecialTokens_AreVariablesUnlessTheFolderNamesNone()
    {
        Config("""{"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": null, "pad_token": "<pad>", "chat_template": "{{ bos_token }}{{ eos_token is defined }}{{ unk_token }}{{ pad_token }}{{ mode }}"}""");
        File.WriteAllText(Path.Combine(_folder, "special_tokens_map.json"), """{"unk_token": "<unk>", "pad_token": "<other>"}""");
        Assert.Equal("<s>False<unk><pad>", ChatTemplate.Load(_folder).Render(Hi));
        var settings = new TemplateSettings { Variables = new Dictionary<string, JsonElement> { ["mode"] = JsonElement.Parse("[1, 2.0]"), ["bos_token"] = JsonElement.Parse("\"<b>\"") } };
        Assert.Equal("<b>False<unk><pad>[1, 2.0]", ChatTemplate.Load(_folder, settings).Render(Hi));
        var taken = new TemplateSettings { Variables = new Dictionary<string, JsonElement> { ["messages"] = JsonElement.Parse("1") } };
        Assert.Contains("'messages'", Assert.Throws<ArgumentException>(() => ChatTemplate.Load(_folder, taken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TemplateThatReadsTheClock_NeedsADate()
    {
        Config("""{"chat_template": "\n{{ strftime_now('%d %b %Y') }}"}""");
        var template = ChatTemplate.Load(_folder);
        Assert.True(template.ReadsClock);
        var error = Assert.Throws<InvalidDataException>(() => template.Render(Hi));
        Assert.Contains("tokenizer_config.json, line 2: the template fails: the template reads the clock (strftime_now), and no date is given", error.Message, StringComparison.Ordinal);
        Assert.Equal("\n02 Jan 2026", ChatTemplate.Load(_folder, new TemplateSettings { Date = new DateTime(2026, 1, 2) }).Render(Hi));
        Assert.False(ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "ours").ReadsClock);
    }

    [Fact]
    public void Render_MessageWithFields_ShowsThemAsTransformersDoes()
    {
        Config("""{"chat_template": "{% for m in messages %}{{ m }}{% endfor %}"}""");
        var calls = Message.Assistant("") with { Fields = """{"content":null,"tool_calls":[{"function":{"name":"add","arguments":{"a":1,"b":2.0}}}]}""" };
        Assert.Equal("{'role': 'assistant', 'tool_calls': [{'function': {'name': 'add', 'arguments': {'a': 1, 'b': 2.0}}}]}", ChatTemplate.Load(_folder).Render([calls]));
        var thought = Message.Assistant("4") with { Fields = """{"reasoning":"2+2"}""" };
        Assert.Equal("{'role': 'assistant', 'content': '4', 'reasoning': '2+2', 'reasoning_content': '2+2', 'thinking': '2+2'}", ChatTemplate.Load(_folder).Render([thought]));
    }

    [Fact]
    public void Encode_TemplateThatRefusesARow_NamesRowFileLineAndReason()
    {
        var template = ChatTemplate.FromSource("{% for m in messages %}\n{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% endfor %}", "gemma/chat_template.jinja");
        var encoder = new ConversationEncoder(template, TinyTokenizer.Create(), new EncodingOptions());
        var error = Assert.Throws<InvalidDataException>(() => encoder.Encode([new("system", "s"), Message.User("q")], [Message.Assistant("a")], "rows.jsonl, line 3"));
        Assert.Equal("rows.jsonl, line 3: gemma/chat_template.jinja, line 2: the template refuses the conversation: System role not supported", error.Message);
    }

    [Fact]
    public void Encode_PromptThatTheTemplateRefusesAlone_SharesNothing()
    {
        var template = ChatTemplate.FromSource("{% if messages | length < 2 %}{{ raise_exception('too few') }}{% endif %}" + ChatTemplate.PlainChatMl, "t");
        var encoder = new ConversationEncoder(template, TinyTokenizer.Create(), new EncodingOptions());
        Assert.Equal(1, encoder.Encode([Message.User("q")], [Message.Assistant("a")], "row")!.PromptLength);
    }

    [Fact]
    public void Encode_ToolsAsText_AreRefused()
    {
        var encoder = new ConversationEncoder(null, TinyTokenizer.Create(), new EncodingOptions());
        var error = Assert.Throws<InvalidDataException>(() => encoder.Encode([Message.User("q")], [Message.Assistant("a")], "row 1", Rendering.Text, tools: "[{}]"));
        Assert.Equal("row 1: rendered as text, a conversation has texts alone; this one has tools, which only a chat template can write.", error.Message);
    }

    private void Config(string json) => File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), json);
}
