using System.Text.Json;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Tests.Conversations.Templates;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Chat templates against what transformers renders; where it fails, ours must.</summary>
internal static class TemplateRows
{
    private static readonly DateTime Clock = new(2026, 1, 2, 12, 0, 0);
    private static readonly string[] Tokens = ["bos_token", "eos_token"];

    /// <summary>Whole templates, their spans, and the small ones.</summary>
    public static IEnumerable<ParityRow> All() => [.. Whole(), Small("snippets.jsonl"), Small("jinja.jsonl")];

    private static IEnumerable<ParityRow> Whole()
    {
        const string Renders = "texts, refusals in the template's words, other errors";
        const string Spans = "text and spans of the assistant's turns";
        if (ReferenceFolders.Shared("references", "chat-templates") is not { } folder)
        {
            yield return ParityRow.Absent("chat templates", Renders);
            yield return ParityRow.Absent("chat templates with `generation` tags", Spans);
            yield break;
        }

        var templates = Templates(folder);
        var conversations = ReferenceFolders.ReadJson(ReferenceFolders.Fixture("chat-templates", "conversations.json"));
        var lines = ReferenceFolders.ReadLines(Path.Combine(folder, "expected.jsonl"));
        var wrong = lines.Count(line => !IsRight(line, templates[Text(line, "template")], conversations.GetProperty(Text(line, "conversation"))));
        yield return ParityRow.Exact($"chat templates ({templates.Count} by {conversations.EnumerateObject().Count()} conversations)", Renders, lines.Length, wrong);

        var spans = ReferenceFolders.ReadLines(Path.Combine(folder, "assistant-spans.jsonl"));
        wrong = spans.Count(line => !HasSpans(line, templates[Text(line, "template")].Render(ReferenceConversation.Input(conversations.GetProperty(Text(line, "conversation")), false))));
        yield return ParityRow.Exact("chat templates with `generation` tags", Spans, spans.Length, wrong);
    }

    private static ParityRow Small(string file)
    {
        var data = ReferenceFolders.ReadJson(ReferenceFolders.Fixture("chat-templates", "snippets-data.json"));
        var lines = ReferenceFolders.ReadLines(ReferenceFolders.Fixture("chat-templates", file));
        var wrong = lines.Count(line => Snippet(Text(line, "template"), data) != (line.TryGetProperty("expected", out var text) ? text.GetString() : null));
        return ParityRow.Exact($"small templates (`{file}`)", "text, or that there is an error", lines.Length, wrong);
    }

    private static bool IsRight(JsonElement line, ChatTemplate template, JsonElement conversation)
    {
        string? came = null;
        TemplateFault? fault = null;
        try
        {
            came = template.Render(ReferenceConversation.Input(conversation, line.GetProperty("add_generation_prompt").GetBoolean())).Text;
        }
        catch (InvalidDataException error)
        {
            fault = (TemplateFault)error.InnerException!;
        }

        return line.TryGetProperty("expected", out var expected) && expected.ValueKind == JsonValueKind.String ? came == expected.GetString()
            : Text(line, "error_kind") == "raise_exception" ? fault is { IsRefusal: true } && fault.Message == Text(line, "error")
            : fault is { IsRefusal: false };
    }

    private static bool HasSpans(JsonElement line, RenderedChat chat) => chat.Text == Text(line, "expected")
        && line.GetProperty("spans").EnumerateArray().Select(span => (span[0].GetInt32(), span[1].GetInt32())).SequenceEqual(chat.AssistantSpans);

    private static string? Snippet(string source, JsonElement data)
    {
        try
        {
            var root = new Scope(null);
            foreach (var variable in data.EnumerateObject())
            {
                root.Set(string.Intern(variable.Name), JsonValues.Of(variable.Value));
            }

            return ChatTemplate.Execute(ChatTemplate.Parse(source, "snippet"), "snippet", root, Clock).Text;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static Dictionary<string, ChatTemplate> Templates(string folder) => ReferenceFolders.ReadJson(Path.Combine(folder, "templates.json")).EnumerateArray().ToDictionary(
        entry => Text(entry, "template"),
        entry => ChatTemplate.FromSource(File.ReadAllText(Path.Combine(folder, "templates", Text(entry, "template"))), Text(entry, "template"), settings: new TemplateSettings
        {
            Date = Clock,
            Variables = Tokens.Where(token => entry.GetProperty(token).ValueKind != JsonValueKind.Null).ToDictionary(token => token, entry.GetProperty),
        }));

    private static string Text(JsonElement row, string field) => row.GetProperty(field).GetString()!;
}
