using System.Text.Json;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Tests.Conversations.Templates;

/// <summary>Fifty templates of real models against what transformers renders.</summary>
public class ReferenceTemplateTests
{
    private static readonly DateTime Clock = new(2026, 1, 2, 12, 0, 0);

    [Fact]
    public void Render_FiftyTemplatesTimesThirtyTwoConversations_IsWhatTransformersRenders()
    {
        var folder = TestFolders.Shared("references/chat-templates");
        var (templates, conversations) = (Templates(folder), Conversations());
        var (rendered, refused, failed, wrong) = (0, 0, 0, new List<string>());
        foreach (var line in TestFolders.ReadLines(Path.Combine(folder, "expected.jsonl")))
        {
            var (template, conversation) = (line.GetProperty("template").GetString()!, line.GetProperty("conversation").GetString()!);
            var expected = line.TryGetProperty("expected", out var text) ? text.GetString() : null;
            var isRefusal = expected is null && line.GetProperty("error_kind").GetString() == "raise_exception";
            var (came, fault) = Render(templates[template], conversations.GetProperty(conversation), line.GetProperty("add_generation_prompt").GetBoolean());
            var isRight = expected is not null ? came == expected
                : isRefusal ? fault is { IsRefusal: true } && fault.Message == line.GetProperty("error").GetString()
                : fault is { IsRefusal: false };
            if (!isRight)
            {
                wrong.Add($"{template} {conversation}: expected {JsonSerializer.Serialize(expected ?? line.GetProperty("error").GetString())}\n came {JsonSerializer.Serialize(came ?? fault!.Message)}");
            }

            _ = expected is not null ? rendered++ : isRefusal ? refused++ : failed++;
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {rendered + refused + failed} differ.\n{string.Join('\n', wrong.Take(20))}");
        Assert.Equal((50, 32, 2440, 388, 272), (templates.Count, conversations.EnumerateObject().Count(), rendered, refused, failed));
    }

    [Fact]
    public void Render_GenerationTags_NotesTheAssistantsSpans()
    {
        var folder = TestFolders.Shared("references/chat-templates");
        var (templates, conversations, compared) = (Templates(folder), Conversations(), 0);
        foreach (var line in TestFolders.ReadLines(Path.Combine(folder, "assistant-spans.jsonl")))
        {
            var chat = templates[line.GetProperty("template").GetString()!].Render(ReferenceConversation.Input(conversations.GetProperty(line.GetProperty("conversation").GetString()!), false));
            Assert.Equal(line.GetProperty("expected").GetString(), chat.Text);
            Assert.Equal(line.GetProperty("spans").EnumerateArray().Select(span => (span[0].GetInt32(), span[1].GetInt32())), chat.AssistantSpans);
            compared++;
        }

        Assert.Equal(21, compared);
    }

    private static JsonElement Conversations() => JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("chat-templates", "conversations.json")));

    private static Dictionary<string, ChatTemplate> Templates(string folder) => JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "templates.json"))).EnumerateArray().ToDictionary(
        entry => entry.GetProperty("template").GetString()!,
        entry =>
        {
            var name = entry.GetProperty("template").GetString()!;
            string[] tokens = ["bos_token", "eos_token"];
            return ChatTemplate.FromSource(File.ReadAllText(Path.Combine(folder, "templates", name)), name, settings: new TemplateSettings
            {
                Date = Clock,
                Variables = tokens.Where(token => entry.GetProperty(token).ValueKind != JsonValueKind.Null).ToDictionary(token => token, entry.GetProperty),
            });
        });

    private static (string? Text, TemplateFault? Fault) Render(ChatTemplate template, JsonElement conversation, bool addGenerationPrompt)
    {
        try
        {
            return (template.Render(ReferenceConversation.Input(conversation, addGenerationPrompt)).Text, null);
        }
        catch (InvalidDataException error)
        {
            return (null, Assert.IsType<TemplateFault>(error.InnerException));
        }
    }
}
