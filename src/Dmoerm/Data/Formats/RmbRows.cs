using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>RMB's own rows: a conversation, and answers that are objects of a model's name and its answer.</summary>
/// <remarks>Source: the files of RMB's repository (RMB_dataset/Pairwise_set and RMB_dataset/BoN_set).</remarks>
internal static class RmbRows
{
    /// <summary><c>rmb-pairs</c>: chosen over reject; their scores are the labelling judge's and are not taken.</summary>
    public static RowContent Pair(RowFields row) =>
        new(row.Turns("conversation_input", "user"), [Answer(row, "chosen"), Answer(row, "reject")], [new Comparison(0, 1, 1)]);

    /// <summary><c>rmb-best-of-n</c>: the best answer over each of the losers.</summary>
    public static RowContent BestOfN(RowFields row)
    {
        List<Response> responses = [Answer(row, "bon_best")];
        row.Require("loser_list", "a list of answers");
        responses.AddRange(row.Objects("loser_list").Select(Answer));
        return responses.Count > 1
            ? new(row.Turns("conversation_input", "user"), responses, [.. Enumerable.Range(1, responses.Count - 1).Select(loser => new Comparison(0, loser, 1))])
            : throw row.Fault("loser_list", "at least one answer", row.Find("loser_list"));
    }

    private static Response Answer(RowFields row, string name)
    {
        row.Require(name, "an object with an answer");
        return Answer(row.Inner(name)!.Value);
    }

    private static Response Answer(RowFields answer) => Response.FromText(answer.Text("answer")) with { Model = answer.TextOrNull("llm_name") };
}
