using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dmoerm.Conversations;
using Dmoerm.Data.Checks;

namespace Dmoerm.Cli.Drafts;

/// <summary>A draft as the text of a recipe, comments included.</summary>
internal static class RecipeText
{
    private const int Step = 256;
    private const int ManyPairs = 20;
    private const int FewestUnits = 5;
    private const int Longest = 2048;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's content.</summary>
    public static string Of(RecipeDraft draft)
    {
        var text = new StringBuilder();
        text.Append("{\n");
        text.Append(CultureInfo.InvariantCulture, $"  \"$schema\": {Quoted(RecipeSchema.FileName)},\n");
        text.Append(CultureInfo.InvariantCulture, $"  // Drafted by 'dmoerm init' from {string.Join(", ", draft.Files)}. Relative paths start at this file's folder.\n");
        text.Append(CultureInfo.InvariantCulture, $"  // Settings that are not here have their defaults; {RecipeSchema.FileName} names and describes them all.\n");
        text.Append(CultureInfo.InvariantCulture, $"  \"name\": {Quoted(draft.Name)},\n");
        text.Append("  // \"dataLicence\": what the model's README shall say of the data's licence,\n");
        AppendBackbone(text, draft);
        if (draft.Unassigned.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  // Rows without a category, in files that several categories list ({string.Join(", ", draft.Unassigned)}): \"drop\" leaves them out; \"router\" lets the trained router\n");
            text.Append("  // give those that are learnt from to categories; \"error\" (the default) stops the run at the first.\n");
            text.Append("  \"assignUncategorised\": \"drop\",\n");
        }

        text.Append("  \"categories\": {\n");
        text.AppendJoin(",\n", draft.Categories.Select(Category));
        text.Append("\n  }\n}\n");
        return text.ToString();
    }

    private static void AppendBackbone(StringBuilder text, RecipeDraft draft)
    {
        var lengths = draft.Lengths;
        int Tokens(double share) => lengths.Quantiles[share];
        text.Append(CultureInfo.InvariantCulture, $"  // Tokens of a prompt with its response: median {Tokens(0.5)}, 99 % up to {Tokens(0.99)}, longest {Tokens(1)}.\n");
        var limit = MaxTokens(draft);
        var longer = Tokens(1) > limit;
        if (longer)
        {
            text.Append("  // What is longer than maxTokens loses old turns, then the middle of the question; \"tooLong\" cuts the response's end last (or \"drop\", \"error\").\n");
        }

        if (draft.TemplateDate is not null)
        {
            text.Append("  // The chat template writes the day; the model must be told the same one in training and in use.\n");
        }

        var date = draft.TemplateDate is { } day ? string.Create(CultureInfo.InvariantCulture, $", \"template\": {{ \"date\": \"{day:yyyy-MM-dd}\" }}") : "";
        var isDefault = limit == new EncodingOptions().MaxTokens;
        text.Append(CultureInfo.InvariantCulture, $"  \"backbone\": {{ \"folder\": {Quoted(draft.Backbone)}{(isDefault ? "" : string.Create(CultureInfo.InvariantCulture, $", \"maxTokens\": {limit}"))}{(longer ? ", \"tooLong\": \"truncate\"" : "")}{date} }},\n");
    }

    // The default where it does, more where more than one conversation in a hundred is longer: up to what still trains on a desk, never more than the backbone was made for.
    private static int MaxTokens(RecipeDraft draft)
    {
        var usual = new EncodingOptions().MaxTokens;
        var needed = draft.Lengths.Quantiles[0.99];
        return Math.Min(draft.MaxPositions, needed <= usual ? usual : Math.Min(Longest, (needed + Step - 1) / Step * Step));
    }

    private static string Category(CategoryDraft category)
    {
        var lines = new List<string>();
        var data = category.Data;
        var fields = Units(data);
        if (category.RowCategory is { } rows)
        {
            lines.Add($"\"rowCategory\": {Quoted(rows)}");
        }

        lines.Add($"\"data\": {List(category.Files)}");
        if (category.Test.Count > 0)
        {
            lines.Add($"\"test\": {List(category.Test)}");
        }

        if (data.NeedsTexts)
        {
            lines.Add($"// {data.Preferences} preferences under {data.Prompts} prompt{(data.Prompts == 1 ? "" : "s")}: texts are what is split, folded and resampled.{fields}\n      \"groupBy\": \"responses\"");
        }
        else if (data.Preferences > ManyPairs * (long)data.Prompts)
        {
            lines.Add($"// {data.Preferences} preferences under {data.Prompts} prompts, {data.Texts} texts. If texts stand under several prompts, set \"groupBy\": \"responses\".{fields}\n      \"groupBy\": \"prompt\"");
        }

        var capabilities = Capabilities(category);
        lines.AddRange(capabilities is null ? [] : [capabilities]);
        return $"    {Quoted(category.Name)}: {{\n      {string.Join(",\n      ", lines)}\n    }}";
    }

    private static string Units(CheckedCategory data)
    {
        string[] names = [.. data.Fields.Where(field => field.Value >= FewestUnits && field.Value < data.Prompts).Select(field => $"\"{field.Key}\" ({field.Value} values)")];
        return names.Length == 0 ? "" : $" Fields that could be the unit instead: {string.Join(", ", names)}.";
    }

    private static string? Capabilities(CategoryDraft category)
    {
        var data = category.Data;
        var comments = new List<string>();
        if (category.Doubtful.Count > 0)
        {
            comments.Add("// Is more of these better, or less? Name them below, as \"X\": {} or as \"X\": { \"lowerIsBetter\": true }. They sound like faults, or the preferred response often has less of them;");
            comments.Add($"// share of pairs in which it has more: {string.Join(", ", category.Doubtful.Select(name => $"{name} {CapabilitySign.Share(data.Capabilities[name])}"))}.");
        }

        if (category.Points.Count > 0)
        {
            comments.Add($"// The paper's capability points of this category, none of them labelled in these rows: {string.Join(", ", category.Points)}.");
        }

        comments.AddRange(category.Small.Count == 0 ? [] : [$"// Left out, fewer than {EnoughData.Comparisons} comparisons or {EnoughData.Units} prompts: {string.Join(", ", category.Small.Select(name => $"{name} ({data.Capabilities[name].Comparisons})"))}."]);
        comments.AddRange(data.Reasons.Count == 0 ? [] : [$"// Reasons in the rows can become capabilities, such as \"NAME\": {{ \"reasons\": [\"CODE\", ...] }}: {string.Join(", ", data.Reasons.Select(reason => $"{reason.Key} ({reason.Value})"))}."]);
        if (category.Capabilities.Count == 0)
        {
            comments.Add("// No capability: one reward model without experts. Labels per response (\"capabilities\": {\"clear\": 4}) or comparisons with a \"capability\" would add them.");
        }

        var named = string.Join(", ", category.Capabilities.Select(name => $"{Quoted(name)}: {{}}"));
        return string.Concat(comments.Select(comment => comment + "\n      ")) + $"\"capabilities\": {{{(named.Length > 0 ? $" {named} " : "")}}}";
    }

    private static string List(IEnumerable<string> paths) => $"[{string.Join(", ", paths.Select(Quoted))}]";

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Plain);
}
