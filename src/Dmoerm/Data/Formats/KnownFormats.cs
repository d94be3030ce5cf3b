using System.Text.Json;
using Dmoerm.Data.Rows;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Formats;

/// <summary>The row formats that are read. A row is of the first one that it fits.</summary>
internal static class KnownFormats
{
    /// <summary>The name of our own format.</summary>
    public const string Own = "dmoerm";

    private const string LowestBest = "the lowest rank is best, equal ranks are ties; rankOrder turns it round";
    private const string ChosenBest = "chosen over rejected";

    /// <summary>All of them, in the order in which a row is tried on them.</summary>
    public static IReadOnlyList<RowFormat> All { get; } =
    [
        new("mtmc", ["src", "response", "rank"], MtmcRows.Read)
        {
            Optional = ["tgt", "label"], Direction = "as ranked-list; label is the category", Ranked = "response", Category = MtmcRows.Category, Remark = MtmcRows.Remark,
        },
        new("ranked-list", ["prompt", "responses"], RankRows.List)
        {
            Optional = ["rank", "ranks"], Direction = LowestBest, Ranked = "responses", Shows = row => RankRows.HasRankList(row) || AnyResponse(row, "rank"),
        },
        new("scored-list", ["responses"], ListRows.Scored)
        {
            Optional = ["prompt"], Direction = "the higher overall (or win_rate) is better, likewise each capability's score", Family = "lists",
            Shows = row => !row.Has("comparisons") && (AnyResponse(row, "overall") || AnyResponse(row, "win_rate")),
        },
        new(Own, ["responses"], ListRows.Own) { Optional = ["prompt", "comparisons"], Direction = "comparisons: p is the probability that i is better than j; else the higher score is better", Family = "lists" },
        new("nemo-rl", ["context", "completions"], RankRows.NemoRl) { Direction = LowestBest, Ranked = "completions" },
        new("ultrafeedback", ["instruction", "completions"], RatingRows.UltraFeedback) { Direction = "the higher overall_score is better; aspects' ratings are capability scores" },
        new("unpaired", ["prompt", "completion", "label"], (row, _) => RatingRows.Unpaired(row)) { Direction = "label true over label false, within a prompt" },
        new("best-of-n", ["prompt", "best", "losers"], (row, _) => PairRows.BestOfN(row)) { Direction = "best over each of losers", BetterFirst = true },
        new("helpsteer2-preference", ["prompt", "response_1", "response_2", "preference_strength"], (row, _) => RatingRows.HelpSteerPreference(row))
        {
            Direction = "below 0 the first is better, above 0 the second, 0 is a tie; the size is not taken",
            Remark = _ => "only the sign of preference_strength is taken",
        },
        new("helpsteer", ["prompt", "response", "helpfulness"], RatingRows.HelpSteer)
        {
            Optional = ["correctness", "coherence", "complexity", "verbosity"], Direction = "the higher helpfulness is better, within a prompt; attributes are capability scores",
        },
        new("pandalm", ["instruction", "response1", "response2", "annotator1", "annotator2", "annotator3"], (row, _) => VerdictRows.PandaLm(row))
        {
            Optional = ["input"], Direction = "each annotator votes 1 or 2 for a response, 0 for half of both",
        },
        new("llmeval2", ["query", "response1", "response2", "human"], (row, _) => VerdictRows.LlmEval2(row)) { Direction = "human names model1, model2 or TIE" },
        new("auto-j", ["prompt", "response 1", "response 2", "label"], (row, _) => VerdictRows.AutoJ(row)) { Direction = "label 0 is the first, 1 the second, 2 a tie" },
        new("judgebench", ["question", "response_A", "response_B", "label"], (row, _) => VerdictRows.JudgeBench(row)) { Direction = "label A>B or B>A" },
        new("llmbar", ["input", "output_1", "output_2", "label"], (row, _) => VerdictRows.LlmBar(row)) { Direction = "label 1 or 2 is the better output" },
        new("rmb-pairs", ["conversation_input", "chosen", "reject"], (row, _) => RmbRows.Pair(row)) { Direction = "chosen over reject", BetterFirst = true },
        new("rmb-best-of-n", ["conversation_input", "bon_best", "loser_list"], (row, _) => RmbRows.BestOfN(row)) { Direction = "bon_best over each of loser_list", BetterFirst = true },
        new("finegrained-rlhf", ["question", "prediction 1", "prediction 2", "prediction 3", "prediction 4", "preference"], (row, _) => VerdictRows.FineGrained(row))
        {
            Optional = ["passages"], Direction = "six verdicts between four predictions: 1 the first, 2 the second, 0 a tie",
        },
        new("sharegpt", ["conversations", "chosen", "rejected"], InstructionRows.ShareGpt) { Optional = ["system"], Direction = ChosenBest, BetterFirst = true },
        new("alpaca", ["instruction", "chosen", "rejected"], InstructionRows.Alpaca) { Optional = ["input", "system", "history"], Direction = ChosenBest, BetterFirst = true, Shows = row => !row.Has("prompt") },
        new("chosen-sets", ["prompt", "chosen", "rejected"], (row, _) => PairRows.Sets(row))
        {
            Direction = "every one of chosen over every one of rejected", BetterFirst = true, Shows = row => row.IsListOf("chosen", JsonValueKind.String) && row.IsList("rejected"),
        },
        new("pairs", ["prompt", "chosen", "rejected"], PairRows.Pair)
        {
            Optional = ["votes", "reasons", "margin", "chosen_model", "rejected_model"], Direction = ChosenBest + "; with votes, p is chosen's share", BetterFirst = true, Family = "pairs", Remark = UntakenScores,
        },
        new("axolotl", ["chosen", "rejected"], InstructionRows.Axolotl) { Optional = ["system", "input", "question"], Direction = ChosenBest, BetterFirst = true, Shows = row => row.Has("input") || (row.Has("system") && row.Has("question")) },
        new("hh-rlhf", ["chosen", "rejected"], TranscriptRows.HelpfulHarmless)
        {
            Direction = ChosenBest, BetterFirst = true, Shows = row => TranscriptRows.IsTranscript(row, "chosen") && TranscriptRows.IsTranscript(row, "rejected"),
        },
        new("trl", ["chosen", "rejected"], PairRows.Trl) { Optional = ["prompt", "margin"], Direction = ChosenBest, BetterFirst = true, Family = "pairs", Remark = UntakenScores },
    ];

    private static readonly HashSet<string> FieldNames = [.. All.SelectMany(format => format.Fields.Concat(format.Optional)), "messages"];

    /// <summary>Some format reads a field of this name.</summary>
    public static bool IsField(string name) => FieldNames.Contains(name);

    /// <summary>The format of a name.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static RowFormat Named(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new InvalidDataException($"Format '{name}' is not known: expected one of {Names} (nearest: '{NearestName.Of(name, All.Select(format => format.Name))}').");

    /// <summary>The format of a row; null where it fits none.</summary>
    /// <exception cref="InvalidDataException">The row is of a known kind that is no preference, or one of token ids.</exception>
    public static RowFormat? Find(RowFields row)
    {
        Refuse(row);
        return All.FirstOrDefault(format => format.Fits(row));
    }

    /// <summary>The format of a row.</summary>
    /// <exception cref="InvalidDataException">It fits none.</exception>
    public static RowFormat Recognise(RowFields row)
    {
        if (Find(row) is { } found)
        {
            return found;
        }

        var names = string.Join(", ", row.All().Select(field => field.Name));
        throw new InvalidDataException(
            $"{row.Origin}: expected a row of a known format ({Names}), such as one with the fields prompt, chosen and rejected; came fields {(names.Length > 0 ? names : "none")}.");
    }

    private static string Names => string.Join(", ", All.Select(format => format.Name));

    private static void Refuse(RowFields row)
    {
        if (row.Has("completions") && row.Has("labels"))
        {
            throw new InvalidDataException($"{row.Origin}: expected rows that compare answers, came stepwise supervision (completions with labels), which judges steps of one answer and is not read.");
        }

        if (!row.Has("chosen") && Array.Find(["chosen_ids", "chosen_input_ids", "input_ids_chosen"], row.Has) is { } ids)
        {
            throw new InvalidDataException($"{row.Origin}: expected texts, came token ids (field '{ids}'): rows that are tokenised already are not read, because they are of another tokenizer.");
        }
    }

    private static bool AnyResponse(RowFields row, string field) =>
        row.IsListOf("responses", JsonValueKind.Object) && row.Objects("responses").Exists(response => response.Has(field));

    private static string? UntakenScores(RowFields row) => row.Has("score_chosen") && row.Has("score_rejected") ? "score_chosen and score_rejected are not taken as margins" : null;
}
