using Dmoerm.Cli.Evaluating;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Figures;
using Dmoerm.Tests.Evaluation;

namespace Dmoerm.Tests.Cli;

public class EvalTableTests
{
    [Fact]
    public void Write_ByHand_IsPlainAndSaysWhatIsMissing()
    {
        var judgement = new Judgement
        {
            Overall = [.. Judgements.Random(400, 20, "more"), Judgements.Of(1, 2, 1, "x", category: "less"), Judgements.Of(0.5, 2, 1, "y", category: "less"), Judgements.Of(0, 2, 2, "z", category: "less")],
            GivenCategory = [Judgements.Of(1, 2, 1, "x", category: "less")],
            Capabilities = [Judgements.Of(1, 1, 2, "w", category: "more") with { Capability = "bees" }],
            Profiles = LetterModel.Categories,
            Router = new RouterFigure(0.75, 8),
            Notes = ["a note"],
        };
        using var writer = new StringWriter { NewLine = "\n" };
        EvalTable.Write(judgement.Report(), writer);
        var lines = writer.ToString().Split('\n');
        Assert.DoesNotContain('\u001b', writer.ToString());
        Assert.Equal(["comparisons", "agreement", "95 % interval", "longer wins", "given category"], Cells(lines[0])[1..]);
        Assert.Equal(["more", "  bees", "less", "mean of categories", "all"], lines[1..6].Select(line => line[..18].TrimEnd()));
        // bees: the one comparison is wrong, and its longer response right; less: one right, one equal.
        Assert.Equal(["1", "0.0", "-", "100.0", "0.0"], Cells(lines[2].Trim())[1..]);
        Assert.Equal(["2", "75.0", "-", "50.0", "100.0"], Cells(lines[3])[1..]);
        Assert.Contains(" to ", lines[5], StringComparison.Ordinal);
        Assert.Contains("router: right for 75.0 % of 8 prompts.", lines);
        // All raw differences are 0, so P is one half, whatever the temperature.
        Assert.Contains(lines, line => line.StartsWith("calibration before and after the temperature: ECE 0.0 % and 0.0 %, Brier ", StringComparison.Ordinal) && line.EndsWith("NLL 0.693 and 0.693.", StringComparison.Ordinal));
        Assert.Contains("no interval in more: an interval needs 20 units: bees (1 units).", lines);
        Assert.Contains("no interval in less: an interval needs 20 units: less (2 units).", lines);
        Assert.Contains("a note", lines);
    }

    [Fact]
    public void WriteComparisons_OneLineEach()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        EvalCommand.WriteComparisons([Judgements.Of(0.25, 2, 1, "x") with { RawI = 20, RawJ = 10 }, Judgements.Of(0.5, 2, 1, "y", category: null)], writer);
        Assert.Equal(
            """
            {"id":"x","i":0,"j":1,"p":0.25,"rewards":[2,1],"raw":[20,10],"category":"c","right":0}
            {"id":"y","i":0,"j":1,"p":0.5,"rewards":[2,1],"raw":[0,0],"category":null,"right":null}

            """, writer.ToString());
    }

    private static string[] Cells(string line) => [.. line.Split("  ", StringSplitOptions.TrimEntries).Where((cell, k) => cell.Length > 0 || k == 0)];
}
