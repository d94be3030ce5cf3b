using Dmoerm.Data;

namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>Contrast Instructions: two instructions that are alike, each with a response people prefer; does the reward tell which response answers which?</summary>
/// <remarks>
/// For an instruction I with response r, and its like I' with r': C_res counts R(I, r) above R(I, r'), C_ins counts R(I, r) above R(I', r), strictly. Rows whose two responses are equal are left out of C_res, as in the original. The score is the
/// mean of both over all rows (ours: the scripts print one share a run). Conversations are rendered as any other, not in the scripts' own wordings. Source: shadowkiller33/Contrast-Instruction at 20f71939,
/// code/inference.py and inference_mt.py; values of their counting loop. Which response is preferred: its README says k, and its scripts take k; but the rows have j where the human preferences of the same
/// repository have the higher score (289 of 289 pairs of Twitter), and j in the same place in the other two files. So here it is j.
/// </remarks>
internal static class ContrastInstructions
{
    /// <summary>What a row must have; <c>query_response_k</c> and <c>retrieval_response_k</c>, which are not preferred, are not read.</summary>
    public static readonly string[] Fields = ["query", "retrieval", "query_response_j", "retrieval_response_j"];

    private const string OfResponses = "C_res";
    private const string OfInstructions = "C_ins";
    private static readonly string[] Parts = [OfResponses, OfInstructions];
    private static readonly (string Start, string Name)[] Files = [("stack", "stack"), ("para", "twitter"), ("sum", "realsumm"), ("wmt", "wmt")];

    /// <summary>An item for each of the two counts. The subset is the row's, else what the file's name says (<c>para_contrast.json</c> is of Twitter), else the file's name.</summary>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> Read(BenchmarkRow row)
    {
        string query = row.Fields.Text("query"), retrieval = row.Fields.Text("retrieval");
        string own = row.Fields.Text("query_response_j"), other = row.Fields.Text("retrieval_response_j");
        var subset = row.Fields.TextOrNull("subset") ?? SubsetOf(row.Path);
        return [Item(OfResponses, query, other), Item(OfInstructions, retrieval, own)];

        BenchmarkItem<ScoreRequest> Item(string part, string prompt, string response) => new()
        {
            Id = row.Id,
            Subset = subset,
            Part = part,
            Right = [Request(query, own)],
            Wrong = [Request(prompt, response)],
            IsLabelTie = part == OfResponses && own == other,
            Origin = row.Fields.Origin,
        };
    }

    /// <summary>The report.</summary>
    public static BenchmarkReport Score(IReadOnlyList<BenchmarkItem<double>> items)
    {
        BenchmarkItem<double>[] counted = [.. items.Where(item => !item.IsLabelTie)];
        var figures = new Dictionary<string, double?>();
        foreach (var part in Parts)
        {
            BenchmarkItem<double>[] ofPart = [.. counted.Where(item => item.Part == part)];
            figures.Add(part, ItemGroups.Mean(ofPart.Select(ItemGroups.Win)));
            figures.Add($"{part}, ties one half", ItemGroups.Mean(ofPart.Select(ItemGroups.WinOrHalf)));
        }

        var subsets = ItemGroups.Subsets(counted, item => item.Subset is null ? item.Part : $"{item.Subset}: {item.Part}", group => ItemGroups.Mean(group.Select(ItemGroups.Win)));
        return BenchmarkReport.Of(items, ItemGroups.MeanOfAll(Parts.Select(part => figures[part])), subsets) with { Figures = figures, LabelTies = 0 };
    }

    /// <summary>Rows that say less than they seem to.</summary>
    public static IEnumerable<string> Remarks(IReadOnlyList<BenchmarkItem<ScoreRequest>> items)
    {
        if (items.Count(item => item.IsLabelTie) is > 0 and var equal)
        {
            yield return $"{equal} rows have the same response twice and are left out of C_res.";
        }

        if (items.Count(item => item.Part == OfInstructions && item.Right[0].Prompt.SequenceEqual(item.Wrong[0].Prompt)) is > 0 and var same)
        {
            yield return $"{same} rows have the same instruction twice: no model can win them in C_ins, where they count as losses.";
        }
    }

    private static ScoreRequest Request(string prompt, string response) => new([Message.User(prompt)], [Message.Assistant(response)]);

    // Collections put the folder's name before the file's, with two dashes between.
    private static string SubsetOf(string path)
    {
        var name = Path.GetFileName(path).Split('.')[0].Split("--")[^1];
        return Files.FirstOrDefault(file => name.StartsWith(file.Start, StringComparison.Ordinal)).Name ?? name;
    }
}
