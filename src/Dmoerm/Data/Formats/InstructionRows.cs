using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Pairs in the shapes of fine-tuning tools: LLaMA-Factory's two and Axolotl's.</summary>
internal static class InstructionRows
{
    /// <summary><c>alpaca</c>: LLaMA-Factory's alpaca preference rows; instruction and input are one user turn, a line break between them.</summary>
    public static RowContent Alpaca(RowFields row, RowParser parser)
    {
        var prompt = System(row);
        foreach (var turn in row.Find("history") is null ? [] : row.Lists("history"))
        {
            prompt.AddRange(turn.Count == 2 ? [Message.User(turn[0]), Message.Assistant(turn[1])] : throw row.Fault("history", "pairs of a user's and an assistant's text", row.Find("history")));
        }

        prompt.Add(Message.User(row.Task("instruction", "input")));
        return PairRows.Compare(row, prompt, parser);
    }

    /// <summary><c>axolotl</c>: a system text, a user turn (<c>input</c>, or <c>question</c>), chosen and rejected.</summary>
    public static RowContent Axolotl(RowFields row, RowParser parser) =>
        PairRows.Compare(row, [.. System(row), Message.User(row.Text(row.Has("input") ? "input" : "question"))], parser);

    /// <summary><c>sharegpt</c>: LLaMA-Factory's sharegpt preference rows, turns of <c>from</c> and <c>value</c>.</summary>
    public static RowContent ShareGpt(RowFields row, RowParser parser)
    {
        row.Require("conversations", "a list of turns");
        List<Message> prompt = [.. System(row), .. row.Objects("conversations").Select(Turn)];
        return PairRows.Of(row, prompt, Side(row, "chosen"), Side(row, "rejected"), parser);
    }

    private static List<Message> System(RowFields row) => row.TextOrNull("system") is { Length: > 0 } system ? [new Message("system", system)] : [];

    private static List<Message> Side(RowFields row, string name)
    {
        row.Require(name, "a turn (an object of from and value)");
        return row.Inner(name) is { } turn && Turn(turn) is { Role: "assistant" } answer ? [answer] : throw row.Fault(name, "a turn from 'gpt'", row.Find(name));
    }

    private static Message Turn(RowFields turn) => turn.Text("from") switch
    {
        "human" or "user" => Message.User(turn.Text("value")),
        "gpt" or "assistant" => Message.Assistant(turn.Text("value")),
        "system" => new Message("system", turn.Text("value")),
        _ => throw turn.Fault("from", "human, gpt or system (turns of tools are not read)", turn.Find("from")),
    };
}
