using System.Text.Json;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Tests.Conversations.Templates;

/// <summary>
/// Small templates against what transformers' environment renders: one rule each, the shared references' own (<c>snippets.jsonl</c>) and more (<c>jinja.jsonl</c>, made by <c>jinja_snippets.py</c> beside it),
/// and templates made by chance (<c>generated.jsonl</c>, by <c>jinja_generated.py</c>).
/// </summary>
public class SnippetTests
{
    // Where the words of an error are Jinja's or Python's own, they need not be ours; that there is one must be.
    [Theory]
    [InlineData("snippets.jsonl", 217, 34)]
    [InlineData("jinja.jsonl", 169, 152)]
    public void Render_EverySnippet_IsWhatJinjaRenders(string file, int renderedCount, int failedCount)
    {
        var data = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("chat-templates", "snippets-data.json")));
        Compare(data, TestFolders.ReadLines(TestFolders.Fixture("chat-templates", file)), renderedCount, failedCount);
    }

    [Fact]
    public void Render_TemplatesMadeByChance_IsWhatJinjaRenders()
    {
        var lines = TestFolders.ReadLines(TestFolders.Fixture("chat-templates", "generated.jsonl")).ToArray();
        Compare(lines[0], lines.Skip(1), 328, 72);
    }

    [Theory]
    [InlineData("{{ 'a' + 1 }}", "can only concatenate str (not \"int\") to str")]
    [InlineData("{{ nothing < 1 }}", "'<' not supported between instances of 'NoneType' and 'int'")]
    [InlineData("{{ map.missing.x }}", "'dict object' has no attribute 'missing'")]
    [InlineData("{{ items[9].x }}", "list object has no element 9")]
    [InlineData("{{ items.append('d') }}", "access to attribute 'append' of 'list' object is unsafe.")]
    [InlineData("{{ bos_token + 'x' }}", "'bos_token' is undefined")]
    [InlineData("{{ 1 / 0 }}", "division by zero")]
    [InlineData("{{ name is not_there }}", "No test named 'not_there'.")]
    [InlineData("{{ name[1:'a'] }}", "slice indices must be integers or None or have an __index__ method")]
    [InlineData("{{ range }}", "has no text of its own: Python prints its address in memory, which is never the same twice")]
    [InlineData("{{ items | map('upper') }}", "has no text of its own: Python prints its address in memory, which is never the same twice")]
    [InlineData("{{ name.casefold() }}", "the member 'casefold' of a 'str' is not supported here")]
    [InlineData("{{ '\\ud83d' }}", "the escape \\ud83d is half a surrogate pair, which is not supported here")]
    [InlineData("{{ name | pprint }}", "the filter 'pprint' of Jinja is not supported here")]
    [InlineData("{{ (-1) ** 0.5 }}", "the power of a negative number is complex, which templates here do not have")]
    [InlineData("{% if %}{% endif %}", "Expected an expression, got end of statement block")]
    public void Render_Faults_HaveJinjasWords(string source, string words)
    {
        var data = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("chat-templates", "snippets-data.json")));
        Assert.EndsWith(words, Snippet.Render(source, data).Error, StringComparison.Ordinal);
    }

    private static void Compare(JsonElement data, IEnumerable<JsonElement> lines, int renderedCount, int failedCount)
    {
        var (rendered, failed, wrong) = (0, 0, new List<string>());
        foreach (var line in lines)
        {
            var source = line.GetProperty("template").GetString()!;
            var expected = line.TryGetProperty("expected", out var text) ? text.GetString() : null;
            var (came, error) = Snippet.Render(source, data);
            if (expected is null ? error is null : came != expected)
            {
                wrong.Add($"{JsonSerializer.Serialize(source)}\n  expected {JsonSerializer.Serialize(expected ?? line.GetProperty("error").GetString())}\n  came     {JsonSerializer.Serialize(came ?? error)}");
            }

            _ = expected is null ? failed++ : rendered++;
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal((renderedCount, failedCount), (rendered, failed));
    }
}

/// <summary>Renders small templates with variables alone.</summary>
internal static class Snippet
{
    /// <summary>The text, or the sentence of the error.</summary>
    public static (string? Text, string? Error) Render(string source, JsonElement? data = null)
    {
        try
        {
            var root = new Scope(null);
            foreach (var variable in data?.EnumerateObject() ?? default)
            {
                root.Set(string.Intern(variable.Name), JsonValues.Of(variable.Value));
            }

            return (ChatTemplate.Execute(ChatTemplate.Parse(source, "snippet"), "snippet", root, new DateTime(2026, 1, 2, 12, 0, 0)).Text, null);
        }
        catch (InvalidDataException error)
        {
            return (null, error.Message);
        }
    }
}
