using System.Globalization;

namespace Dmoerm.Tests.Conversations.Templates;

/// <summary>Hostile templates end in a sentence, soon, and without more memory than is allowed.</summary>
public class TemplateLimitTests
{
    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps, which is the limit")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "inside each other")]
    [InlineData("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "inside each other")]
    [InlineData("{{ 'x' * 1000000000 }}", "characters and list elements, which is the limit")]
    [InlineData("{{ 'x' * 10 ** 30 }}", "cannot fit 'int' into an index-sized integer")]
    [InlineData("{{ '🙂'.zfill(10 ** 30) }}", "which is the limit")]
    [InlineData("{{ '🙂'.center(10 ** 30) }}", "which is the limit")]
    [InlineData("{{ '\t'.expandtabs(10 ** 30) }}", "which is the limit")]
    [InlineData("{{ '%*d' % (10 ** 30, 1) }}", "too big")]
    [InlineData("{{ [1] | tojson(indent=10 ** 9) }}", "which is the limit")]
    [InlineData("{{ '{:0>999999999,}'.format(1) }}", "which is the limit")]
    [InlineData("{% set a = namespace(d={1: 2}) %}{% set b = namespace(d={1: 2}) %}{% for i in range(9000) %}{% set a.d = {1: a.d.items()} %}{% set b.d = {1: b.d.items()} %}{% endfor %}{{ a.d == b.d }}", "inside each other")]
    [InlineData("{{ [0] * 1000000000 }}", "characters and list elements, which is the limit")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "characters and list elements, which is the limit")]
    [InlineData("{% set ns = namespace(s='x' * 1000) %}{% for i in range(100000) %}{{ ns.s * 1000 }}{% endfor %}", "characters and list elements, which is the limit")]
    [InlineData("{{ range(10 ** 12) }}", "Range too big")]
    [InlineData("{{ range(10 ** 12) | list }}", "Range too big")]
    [InlineData("{{ 9 ** (9 ** 9) }}", "bits, which is the limit")]
    [InlineData("{% set ns = namespace(n=3) %}{% for i in range(64) %}{% set ns.n = ns.n * ns.n %}{% endfor %}", "bits, which is the limit")]
    [InlineData("{{ 10.0 ** 400 }}", "out of range")]
    [InlineData("{{ '%1000000000d' % 1 }}", "too big")]
    [InlineData("{{ '%999999999d' % 1 }}", "which is the limit")]
    [InlineData("{{ '%.999999999f' % 1 }}", "precision")]
    [InlineData("{{ '{:>999999999}'.format(1) }}", "which is the limit")]
    [InlineData("{{ 'x'.center(10 ** 12) }}", "which is the limit")]
    [InlineData("{{ 'x'.zfill(10 ** 12) }}", "which is the limit")]
    [InlineData("{{ 'x' | indent(10 ** 12, true) }}", "which is the limit")]
    [InlineData("{{ [1] | batch(10 ** 12, 0) | list }}", "which is the limit")]
    [InlineData("{{ [1] | slice(10 ** 12) | list }}", "which is the limit")]
    [InlineData("{{ ('a' * 20000).replace('', 'b' * 20000) }}", "which is the limit")]
    [InlineData("{{ ('a' * 20000).replace('a', 'b' * 20000) }}", "which is the limit")]
    [InlineData("{{ ('b' * 20000).join(['a'] * 20000) }}", "which is the limit")]
    [InlineData("{{ 'a\tb'.expandtabs(10 ** 12) }}", "which is the limit")]
    [InlineData("{% for i in range(100000) %}{{ ('a' * 1000000).count('a' * 499999 ~ 'b') }}{% endfor %}", "which is the limit")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}", "deep")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l | tojson }}", "deep")]
    [InlineData("{% set ns = namespace(l=[], m=[]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}{{ ns.l == ns.m }}", "deep")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", "which is the limit")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(64) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | string | length }}", "which is the limit")]
    [InlineData("{% set ns = namespace(l=(1,)) %}{% for i in range(64) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}", "which is the limit")]
    [InlineData("{% set ns = namespace(l=(1,)) %}{% for i in range(100000) %}{% set ns.l = (ns.l,) %}{% endfor %}{{ {ns.l: 1} }}", "which is the limit")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = ns.l | map('string') %}{% endfor %}{{ ns.l | list }}", "inside each other")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = ns.l | unique %}{% endfor %}{{ ns.l | list }}", "inside each other")]
    [InlineData("{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = ns.l | batch(2) %}{% endfor %}{{ ns.l | list }}", "inside each other")]
    [InlineData("{% for i in range(3) recursive %}{{ loop(range(3)) }}{% endfor %}", "inside each other")]
    [InlineData("{% block b %}{{ self.b() }}{% endblock %}", "inside each other")]
    [InlineData("{{ raise_exception('no') }}", "the template refuses the conversation: no")]
    public void Render_HostileTemplate_EndsInASentence(string source, string reason)
    {
        string? error = null;
        // Half the stack that the smallest system gives.
        var thread = new Thread(() => error = Snippet.Render(source).Error, maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.StartsWith("snippet, line 1: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ ", "(", ")")]
    [InlineData("{{ ", "[", "]")]
    [InlineData("{{ ", "{1:", "}")]
    [InlineData("{{ ", "-", "")]
    [InlineData("{{ ", "not ", "")]
    [InlineData("{{ ", "x(", ")")]
    [InlineData("{{ ", "x[", "]")]
    [InlineData("{{ x", "|f(x", ")")]
    [InlineData("{{ x", " is f(x", ")")]
    [InlineData("{{ ", "x if 1 else ", "")]
    [InlineData("", "{% if 1 %}", "")]
    [InlineData("", "{% for i in x %}", "")]
    [InlineData("", "{% set x %}", "")]
    [InlineData("", "{% macro m() %}", "")]
    public void Parse_DeepNesting_EndsInASentence(string start, string nested, string close)
    {
        string? error = null;
        var thread = new Thread(() => error = Snippet.Render(start + string.Concat(Enumerable.Repeat(nested, 50_000)) + (start.Length > 0 ? "1" : "") + string.Concat(Enumerable.Repeat(close, 50_000)) + (start.Length > 0 ? " }}" : "")).Error, maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains("more than 200 brackets and tags inside each other", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ 1", " + 1", " }}")]
    [InlineData("{{ 1", " and 1", " }}")]
    [InlineData("{{ x", ".x", " }}")]
    [InlineData("{{ 'x'", " | upper", " }}")]
    [InlineData("{% filter upper", " | upper", " %}x{% endfilter %}")]
    [InlineData("{% set x | upper", " | upper", " %}x{% endset %}")]
    [InlineData("{{ (1 or (1", " + 1", ")) ** range(2, 3)[0] }}{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    public void Render_LongChains_EndInASentence(string start, string link, string end)
    {
        string? error = null;
        var thread = new Thread(() => error = Snippet.Render(start + string.Concat(Enumerable.Repeat(link, 50_000)) + end).Error, maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains("inside each other", error, StringComparison.Ordinal);
    }

    // A loop that sets thousands of names in every turn once took minutes.
    [Fact]
    public void Render_ThousandsOfNamesPerTurn_EndsInASentence()
    {
        var names = string.Concat(Enumerable.Range(0, 5_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{% set v{i} = 1 %}}")));
        Assert.Contains("steps, which is the limit", Snippet.Render($"{{% for i in range(100000) %}}{names}{{% endfor %}}").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TemplateOfMegabytes_IsRefused() =>
        Assert.Contains("at most 1048576 are read", Snippet.Render(new string('x', 1 << 21)).Error, StringComparison.Ordinal);

    [Fact]
    public void Render_LongChats_AreFarFromTheLimits()
    {
        var messages = string.Join(", ", Enumerable.Range(0, 4000).Select(i => $$"""{"role": "{{(i % 2 == 0 ? "user" : "assistant")}}", "content": "{{new string('x', 500)}}"}"""));
        var data = System.Text.Json.JsonElement.Parse($$"""{"messages": [{{messages}}]}""");
        const string Source = "{% for m in messages %}{% if loop.index0 % 2 == 0 and m.role != 'user' %}{{ raise_exception('no') }}{% endif %}{{ '<' + m['role'] + '>' + m['content'] | trim + '\n' }}{% endfor %}";
        Assert.Equal(4000 * 500 + 2000 * 7 + 2000 * 12, Snippet.Render(Source, data).Text!.Length);
    }
}
