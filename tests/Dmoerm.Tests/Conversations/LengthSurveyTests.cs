using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;

namespace Dmoerm.Tests.Conversations;

public sealed class LengthSurveyTests
{
    [Fact]
    public void Report_ConversationsOfManyLengths_GivesQuantilesAndWhatIsCut()
    {
        // A byte is a token. Frame per turn: <|im_start|>role\n ... <|im_end|>\n.
        var survey = new LengthSurvey(ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "test"), TinyTokenizer.Create(), 60);
        var frame = Length("", "");
        survey.Add(Row("ab", "cd", "cdef"));
        survey.Add(Row(new string('q', 100), "r"));
        survey.Add(Row("q", new string('r', 200)));
        var report = survey.Report();

        Assert.Equal((60, 4L), (report.MaxTokens, report.Conversations));
        Assert.Equal([frame + 4, frame + 6, frame + 201, frame + 201], new[] { 0, 0.5, 0.9, 1 }.Select(share => report.Quantiles[share]));
        Assert.Equal((0L, 1L, 1L), (report.TurnsCut, report.PromptsCut, report.ResponsesCut));
    }

    [Fact]
    public void Report_OldTurns_AreWhatGoesFirst()
    {
        var survey = new LengthSurvey(ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "test"), TinyTokenizer.Create(), 60);
        survey.Add(Row("q", "r") with { Prompt = [Message.User(new string('o', 90)), Message.Assistant("a"), Message.User("q")] });
        Assert.Equal((1L, 0L, 0L), (survey.Report().TurnsCut, survey.Report().PromptsCut, survey.Report().ResponsesCut));
    }

    private static int Length(string prompt, string response) =>
        TinyTokenizer.Create().Encode(ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "test").Render([Message.User(prompt), Message.Assistant(response)])).Length;

    private static PreferenceExample Row(string prompt, params string[] responses) =>
        new() { Id = "r", Prompt = [Message.User(prompt)], Responses = [.. responses.Select(Response.FromText)], Comparisons = [] };
}
