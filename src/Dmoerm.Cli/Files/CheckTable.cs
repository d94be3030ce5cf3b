using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Conversations;
using Dmoerm.Data.Checks;
using Dmoerm.Evaluation;

namespace Dmoerm.Cli.Files;

/// <summary>What <c>data check</c> found, for people.</summary>
internal static class CheckTable
{
    /// <summary>Writes files, categories, capabilities, lengths, findings.</summary>
    public static void Write(DataCheckReport report, ConversationLengths? lengths, TextWriter writer)
    {
        foreach (var file in report.Files)
        {
            writer.WriteLine($"{file.Path}: {file.Rows} row{(file.Rows == 1 ? "" : "s")} of format {file.Format}{(file.Against ? " (the other split)" : "")}{(file.Note is null ? "" : $"; {file.Note}")}");
        }

        writer.WriteLine();
        WriteCategories(report, writer);
        WriteCapabilities(report, writer);
        if (lengths is not null)
        {
            WriteLengths(lengths, writer);
        }

        writer.WriteLine(report.Findings.Count == 0 ? "Nothing found that deserves a look." : "Findings:");
        foreach (var finding in report.Findings)
        {
            writer.WriteLine($"- {finding.Text}");
            if (finding.Examples.Count > 0)
            {
                writer.WriteLine($"  {(finding.Examples.Count < finding.Count ? "such as " : "")}{string.Join("; ", finding.Examples)}");
            }
        }
    }

    private static void WriteCategories(DataCheckReport report, TextWriter writer)
    {
        var table = new TextTable("category", "rows", "prompts", "responses", "comparisons", "ties", "first listed wins", "longer wins");
        foreach (var (name, category) in report.Categories)
        {
            table.Add(
                name, Count(category.Rows), Count(category.Prompts), Count(category.Responses), Count(category.Comparisons), Count(category.Ties),
                Share(category.FirstListedWins), Share(category.LongerWins));
        }

        table.Write(writer);
        writer.WriteLine();
    }

    private static void WriteCapabilities(DataCheckReport report, TextWriter writer)
    {
        if (report.Categories.All(category => category.Value.Capabilities.Count == 0))
        {
            writer.WriteLine("No row labels a capability: training gives one reward model per category, without experts.");
        }
        else
        {
            var table = new TextTable("capability", "comparisons", "preferred has more");
            foreach (var (name, category) in report.Categories)
            {
                foreach (var (capability, tally) in category.Capabilities)
                {
                    table.Add($"{name}: {capability}", Count(tally.Comparisons), Share(tally.AgreesWithPreference));
                }
            }

            table.Write(writer);
        }

        foreach (var (name, category) in report.Categories.Where(category => category.Value.Reasons.Count > 0))
        {
            writer.WriteLine($"Reasons in {name}, from which a recipe can make capabilities: {string.Join(", ", category.Reasons.Select(reason => $"{reason.Key} {reason.Value}"))}.");
        }

        writer.WriteLine();
    }

    private static void WriteLengths(ConversationLengths lengths, TextWriter writer)
    {
        string Tokens(double share) => Count(lengths.Quantiles[share]);
        var cut = lengths.TurnsCut + lengths.PromptsCut + lengths.ResponsesCut;
        writer.WriteLine($"Tokens of {lengths.Conversations} conversations: median {Tokens(0.5)}, 90 % up to {Tokens(0.9)}, 99 % up to {Tokens(0.99)}, longest {Tokens(1)}.");
        writer.WriteLine(cut == 0
            ? $"All fit into {lengths.MaxTokens} tokens."
            : $"Of {lengths.MaxTokens} tokens the limit is passed by {cut}: old turns are dropped from {lengths.TurnsCut}, the last question is cut in {lengths.PromptsCut}, the response itself in {lengths.ResponsesCut} (there \"tooLong\" decides).");
        writer.WriteLine();
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share is null ? "-" : $"{Percentage.Of(share)} %";
}
