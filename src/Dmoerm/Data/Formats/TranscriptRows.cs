using System.Text.RegularExpressions;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Conversations written as one text with a mark before each turn.</summary>
internal static partial class TranscriptRows
{
    /// <summary><c>hh-rlhf</c>: two transcripts that part at one turn. What they share is the prompt.</summary>
    /// <remarks>
    /// A mark is <c>Human:</c> or <c>Assistant:</c> after an empty line; white space at a turn's ends is none of it. Source: the rows of Anthropic's HH-RLHF.
    /// </remarks>
    public static RowContent HelpfulHarmless(RowFields row, RowParser parser)
    {
        var (chosen, rejected) = (Transcript(row, "chosen"), Transcript(row, "rejected"));
        var shared = PairRows.Shared(chosen, rejected);
        return PairRows.Of(row, chosen[..shared], chosen[shared..], rejected[shared..], parser);
    }

    /// <summary>The text begins as a transcript does.</summary>
    public static bool IsTranscript(RowFields row, string name) => row.IsText(name) && HumanFirst().IsMatch(row.Text(name));

    /// <summary>Turns of a prompt in which later turns are marked as HelpSteer marks them; one user turn where none is.</summary>
    /// <remarks>Source: HelpSteer2's data card: a line <c>&lt;extra_id_1&gt;Assistant</c> or <c>&lt;extra_id_1&gt;User</c> before each turn but the first.</remarks>
    public static List<Message> MarkedPrompt(string prompt)
    {
        var parts = ExtraId().Split(prompt);
        List<Message> turns = [Message.User(parts[0])];
        for (var part = 1; part < parts.Length; part += 2)
        {
            turns.Add(new Message(parts[part].ToLowerInvariant(), parts[part + 1]));
        }

        return turns;
    }

    private static List<Message> Transcript(RowFields row, string name)
    {
        // The text before the first mark, then mark and turn by turns.
        var parts = Speaker().Split("\n\n" + row.Text(name).TrimStart());
        if (parts[0].Trim().Length > 0 || parts.Length < 3 || parts[^2] != "Assistant")
        {
            throw row.Fault(name, "a transcript that begins with 'Human:' and whose last turn is the 'Assistant:'s", row.Find(name));
        }

        return [.. Enumerable.Range(0, parts.Length / 2).Select(turn => new Message(parts[2 * turn + 1] == "Human" ? "user" : "assistant", parts[2 * turn + 2].Trim()))];
    }

    [GeneratedRegex(@"\n\n(Human|Assistant):")]
    private static partial Regex Speaker();

    [GeneratedRegex(@"\A\s*Human:.*\n\nAssistant:", RegexOptions.Singleline)]
    private static partial Regex HumanFirst();

    [GeneratedRegex(@"\n<extra_id_1>(Assistant|User)\n")]
    private static partial Regex ExtraId();
}
