using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Dmoerm.Cli.Terminal;
using Dmoerm.Conversations.Templates;

namespace Dmoerm.Cli.Scoring;

/// <summary>Options that tell a chat template what it reads beside the messages.</summary>
/// <param name="condition">When they count, before each description.</param>
/// <param name="withoutDay">What happens without a day.</param>
internal sealed class TemplateArguments(string condition, string withoutDay)
{
    /// <summary><c>--template-var</c>.</summary>
    public Option<string[]> Variables { get; } = new("--template-var")
    {
        Description = $"{condition}what the chat template reads under a name; a value that is JSON (true, 3, \"text\") is taken as such. May be given more than once.",
        HelpName = "NAME=VALUE",
    };

    /// <summary><c>--date</c>.</summary>
    public Option<DateOnly?> Date { get; } = new("--date")
    {
        Description = $"{condition}the day for chat templates that ask for it, such as 2026-07-31.{withoutDay}",
        HelpName = "DAY",
        CustomParser = ParseDay,
    };

    /// <summary>What was said; null for nothing.</summary>
    public TemplateSettings? Of(ParseResult arguments)
    {
        var settings = new TemplateSettings { Variables = VariablesOf(arguments), Date = arguments.GetValue(Date)?.ToDateTime(TimeOnly.MinValue) };
        return settings.IsEmpty ? null : settings;
    }

    /// <summary>The variables by name.</summary>
    /// <exception cref="UsageException">One has no value, or two.</exception>
    public IReadOnlyDictionary<string, JsonElement> VariablesOf(ParseResult arguments)
    {
        var variables = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var text in arguments.GetValue(Variables) ?? [])
        {
            // The first '=', since values may hold more.
            var (name, value) = Pair("--template-var", text, text.IndexOf('=', StringComparison.Ordinal), variables.ContainsKey);
            variables[name] = Json(value);
        }

        return variables;
    }

    /// <summary>Name and value of one text.</summary>
    /// <param name="option">The option, for errors.</param>
    /// <param name="text">What was given.</param>
    /// <param name="split">Where the two meet.</param>
    /// <param name="isKnown">The name was given before.</param>
    public static (string Name, string Value) Pair(string option, string text, int split, Func<string, bool> isKnown) =>
        split < 1 ? throw new UsageException($"{option}: expected NAME=VALUE, came '{text}'.")
        : isKnown(text[..split]) ? throw new UsageException($"{option}: '{text[..split]}' is given twice.")
        : (text[..split], text[(split + 1)..]);

    private static JsonElement Json(string value)
    {
        try
        {
            return JsonElement.Parse(value);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(value);
        }
    }

    private static DateOnly? ParseDay(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        result.AddError($"--date must be a day such as 2026-07-31, not '{result.Tokens[0].Value}'.");
        return null;
    }
}
