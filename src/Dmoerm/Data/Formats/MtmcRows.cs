using Dmoerm.Data.Categories;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary><c>mtmc</c>: the rows of MTMC (once Ernie-rlhf), the DMoERM paper's data.</summary>
/// <remarks>
/// <c>src</c> holds the user's turns, <c>tgt</c> the assistant's turns between them, <c>response</c> the answers to the last of <c>src</c>, <c>rank</c> their ranks, <c>label</c> the category.
/// Rank 1 is best: the released training loss pushes the smaller rank up (official code, innermoe/train_module.py:102-104), though its evaluation counts the other way. Where
/// <c>tgt</c> is as long as <c>src</c>, its last turn answers the same turn as the responses and is not read. No sample of the data was to be had: fields after the data card, so the shape is checked row by row and the direction said aloud.
/// </remarks>
internal static class MtmcRows
{
    /// <summary>Reads a row.</summary>
    public static RowContent Read(RowFields row, RowParser parser)
    {
        List<Response> responses = [.. row.Texts("response").Select(Response.FromText)];
        row.Require("rank", "a list of ranks");
        return new(Prompt(row), responses, RankRows.Comparisons(row, "response", responses.Count, "rank", row.Numbers("rank"), parser));
    }

    /// <summary>The category of a row's label: the taxonomy's name for one of its Chinese labels, else the label.</summary>
    public static string? Category(RowFields row) => row.TextOrNull("label") is { } label ? MtmcTaxonomy.NameOf(label) ?? label : null;

    /// <summary>What is left out of a row, if anything.</summary>
    public static string? Remark(RowFields row) =>
        row.IsList("src") && row.IsList("tgt") && row.Texts("src").Count == row.Texts("tgt").Count
            ? "the last turn of tgt answers what the responses answer and is not read"
            : null;

    private static List<Message> Prompt(RowFields row)
    {
        row.Require("src", "a list of the user's turns");
        var (users, assistants) = (row.Texts("src"), row.Texts("tgt"));
        if (users.Count == 0)
        {
            throw row.Fault("src", "at least one turn of the user", row.Find("src"));
        }

        if (assistants.Count != users.Count - 1 && assistants.Count != users.Count)
        {
            throw row.Fault("tgt", $"{users.Count - 1} turns of the assistant, between the {users.Count} of src, or one more, which answers the last", row.Find("tgt"));
        }

        List<Message> turns = [Message.User(users[0])];
        for (var turn = 1; turn < users.Count; turn++)
        {
            turns.AddRange([Message.Assistant(assistants[turn - 1]), Message.User(users[turn])]);
        }

        return turns;
    }
}
