using System.Text.Json;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;

namespace Dmoerm.Tests.Conversations.Templates;

public class ChatTemplateTests
{
    private static readonly string[] Roles = ["role", "content"];

    [Theory]
    [InlineData("smollm2.jinja", "models/smollm2-135m-instruct")]
    [InlineData("minimind2.jinja", "models/minimind2-small")]
    public void Render_ReferenceConversations_EqualsTransformers(string name, string folder)
    {
        var references = TestFolders.Shared("references/chat-templates");
        var conversations = JsonElement.Parse(File.ReadAllText(Path.Combine(references, "conversations.json")));
        var template = ChatTemplate.Load(TestFolders.Shared(folder));
        Assert.Equal(File.ReadAllText(Path.Combine(references, "templates", name)), template.Source);

        var compared = 0;
        foreach (var line in TestFolders.ReadLines(Path.Combine(references, "expected.jsonl")).Where(line => line.GetProperty("template").GetString() == name))
        {
            // Tools, template variables and parts other than text cannot be said with messages yet.
            if (ReadMessages(conversations.GetProperty(line.GetProperty("conversation").GetString()!)) is { } messages)
            {
                Assert.Equal(line.GetProperty("expected").GetString(), template.Render(messages, line.GetProperty("add_generation_prompt").GetBoolean()));
                compared++;
            }
        }

        Assert.Equal(2 * 18, compared);
    }

    // Derived by hand from the template: neighbouring tool results share one user turn.
    [Fact]
    public void Render_MiniMindToolResults_ShareOneUserTurn()
    {
        var template = ChatTemplate.Load(TestFolders.Shared("models/minimind2-small"));
        Message[] messages = [new("system", "S"), Message.User("U"), new("tool", "1"), new("tool", "2"), Message.Assistant("A")];
        Assert.Equal(
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n"
            + "<|im_start|>user\n<tool_response>\n1\n</tool_response>\n<tool_response>\n2\n</tool_response><|im_end|>\n"
            + "<|im_start|>assistant\nA<|im_end|>\n",
            template.Render(messages));
    }

    [Fact]
    public void Render_PlainChatMl_AddsNothing()
    {
        var template = ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "ours");
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", template.Render([Message.User("Hi")], addGenerationPrompt: true));
    }

    [Fact]
    public void FromSource_BrokenTemplate_IsRefusedWithFileAndLine()
    {
        var error = Assert.Throws<InvalidDataException>(() => ChatTemplate.FromSource("one\n{% if true %}two\n\n", "some/chat_template.jinja"));
        Assert.Equal(
            "some/chat_template.jinja, line 3: this is no chat template that can be read: Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
            error.Message);
    }

    [Fact]
    public void Render_NoTurns_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "ours").Render([]));

    [Fact]
    public void Load_JinjaFile_WinsOverTokenizerConfig()
    {
        var folder = TestFolders.Temporary();
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"chat_template": "{{ other }}"}""");
        Assert.Equal("{{ other }}", ChatTemplate.Load(folder).Source);
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), ChatTemplate.PlainChatMl + "\n");
        Assert.Equal(ChatTemplate.PlainChatMl + "\n", ChatTemplate.Load(folder).Source);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(null, "no such file")]
    [InlineData("""{"bos_token": "<s>"}""", "'chat_template' should be a text")]
    [InlineData("{", "not valid JSON")]
    public void Load_FolderWithoutTemplate_SaysWhatWasExpected(string? config, string problem)
    {
        var folder = TestFolders.Temporary();
        if (config is not null)
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
        }

        var error = Assert.Throws<InvalidDataException>(() => ChatTemplate.Load(folder));
        Assert.Contains("tokenizer_config.json", error.Message);
        Assert.Contains(problem, error.Message);
        Directory.Delete(folder, recursive: true);
    }

    private static Message[]? ReadMessages(JsonElement conversation)
    {
        var turns = conversation.GetProperty("messages").EnumerateArray().ToArray();
        var plain = conversation.EnumerateObject().All(field => field.Name is "messages")
            && turns.All(turn => turn.EnumerateObject().Select(field => field.Name).SequenceEqual(Roles) && turn.GetProperty("content").ValueKind == JsonValueKind.String);
        return plain ? [.. turns.Select(turn => new Message(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!))] : null;
    }
}
