using System.Text;
using Dmoerm.Cli.Scoring;
using Dmoerm.Data;
using Dmoerm.Tests.Evaluation;

namespace Dmoerm.Tests.Cli;

public class ScoreRowTests
{
    private static readonly Message[] Hello = [Message.User("hello")];

    [Fact]
    public void Read_PromptAndResponse_IsOneConversation()
    {
        var row = Read("""{"id": 7, "prompt": "hello", "response": "hi"}""");
        Assert.False(row.IsList);
        Assert.Equal("7", row.Id!.Value.GetRawText());
        AssertRequest(row.Requests.Single(), Hello, "hi");
        Assert.Null(row.Requests[0].Category);
    }

    [Fact]
    public void Read_PromptOfMessagesAndEmptyResponse_IsScored()
    {
        var row = Read("""{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "hello"}], "response": ""}""");
        AssertRequest(row.Requests.Single(), [new Message("system", "s"), .. Hello], "");
        Assert.Null(row.Id);
    }

    [Fact]
    public void Read_Messages_LastOneIsTheResponse()
    {
        var row = Read("""{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}], "category": "less"}""");
        Assert.False(row.IsList);
        AssertRequest(row.Requests.Single(), Hello, "hi");
        Assert.Equal("less", row.Requests[0].Category);
    }

    [Theory]
    [InlineData("""{"prompt": "hello", "response": "hi", "tools": [{"name": "add"}]}""")]
    [InlineData("""{"prompt": "hello", "responses": ["hi"], "tools": [{"name": "add"}]}""")]
    [InlineData("""{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}], "tools": [{"name": "add"}]}""")]
    [InlineData("""{"prompt": "hello", "chosen": "hi", "rejected": "no", "tools": "[{\"name\": \"add\"}]"}""")]
    public void Read_Tools_GoWithEveryConversation(string line) =>
        Assert.All(Read(line).Requests, request => Assert.Equal("""[{"name":"add"}]""", request.Tools));

    [Theory]
    [InlineData("""{"prompt": "hello", "responses": ["b", "a", "b", ""]}""", new[] { "b", "a", "b", "" })]
    [InlineData("""{"prompt": "hello", "responses": ["b"]}""", new[] { "b" })]
    [InlineData("""{"prompt": "hello", "responses": [{"text": "b", "score": 2}, {"messages": [{"role": "assistant", "content": "a"}]}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", new[] { "b", "a" })]
    [InlineData("""{"prompt": "hello", "responses": [{"text": "b", "overall": 1, "capabilities": {"style": 1}, "ratings": 3}, {"text": "b", "overall": 2}]}""", new[] { "b", "b" })]
    [InlineData("""{"prompt": "hello", "chosen": "a", "rejected": "b", "votes": [2, 1], "reasons": ["o9_1"]}""", new[] { "a", "b" })]
    [InlineData("""{"chosen": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "b"}]}""", new[] { "a", "b" })]
    [InlineData("""{"prompt": "hello", "best": "a", "losers": ["b", "c"]}""", new[] { "a", "b", "c" })]
    [InlineData("""{"src": ["hello"], "response": ["a", "b"], "rank": [2, 1]}""", new[] { "a", "b" })]
    [InlineData("""{"input": "hello", "output_1": "a", "output_2": "b", "label": 2}""", new[] { "a", "b" })]
    [InlineData("""{"chosen": "\n\nHuman: hello\n\nAssistant: a", "rejected": "\n\nHuman: hello\n\nAssistant: b"}""", new[] { "a", "b" })]
    public void Read_SeveralResponses_AllAreScoredInOrder(string line, string[] expected)
    {
        var row = Read(line);
        Assert.Null(row.Fault);
        Assert.True(row.IsList);
        Assert.Equal(expected.Length, row.Requests.Count);
        foreach (var (request, text) in row.Requests.Zip(expected))
        {
            AssertRequest(request, Hello, text);
        }
    }

    [Fact]
    public void Read_Category_IsTheModelsNameForIt()
    {
        Assert.Equal("more", Read("""{"category": "rows of more", "prompt": "hello", "response": "hi"}""").Requests[0].Category);
        Assert.Equal("less", Read("""{"category": "rows of more", "prompt": "hello", "response": "hi"}""", "less").Requests[0].Category);
        // A preference row may be of a category that the model never saw: the router's case.
        Assert.Null(Read("""{"category": "poems", "prompt": "hello", "chosen": "a", "rejected": "b"}""").Requests[0].Category);
    }

    [Theory]
    [InlineData("""{"id": "x", "prompt": "hello"}""", "line 3: expected prompt and response", true)]
    [InlineData("""{"id": "x", "response": "hi"}""", "line 3: field 'prompt': expected text or a list of messages, came nothing", true)]
    [InlineData("""{"id": "x", "prompt": "hello", "response": 5}""", "field 'response'", true)]
    [InlineData("""{"id": "x", "prompt": "hello", "response": "a", "responses": ["b"]}""", "'response' and 'responses'", true)]
    [InlineData("""{"id": "x", "prompt": "hello", "responses": []}""", "at least one response", true)]
    [InlineData("""{"id": "x", "prompt": "hello", "responses": ["a", 5]}""", "'responses[1]'", true)]
    [InlineData("""{"id": "x", "messages": [{"role": "user", "content": "hello"}]}""", "the assistant's, came role 'user'", true)]
    [InlineData("""{"id": "x", "category": "poems", "prompt": "hello", "response": "hi"}""", "one of the model's (more, less)", true)]
    [InlineData("""{"id": "x", "prompt": "hello", "chosen": "a", "rejected": 5}""", "field 'rejected'", true)]
    [InlineData("""{"id": "x", "prompt": "hel""", "line 3: expected a JSON value", false)]
    [InlineData("[1]", "line 3: expected a JSON object", false)]
    public void Read_BadLine_SaysLineFieldAndWhatWasExpected(string line, string expected, bool knowsId)
    {
        var row = Read(line);
        Assert.Contains(expected, row.Fault!.Message, StringComparison.Ordinal);
        Assert.Empty(row.Requests);
        Assert.Equal(knowsId ? "x" : null, row.Id?.GetString());
    }

    [Fact]
    public void Read_BrokenUtf8_IsAFault()
    {
        var row = ScoreRow.Read(new byte[] { (byte)'{', 0xC3, 0x28 }, "line 3", LetterModel.Categories, null);
        Assert.Contains("line 3: expected UTF-8", row.Fault!.Message, StringComparison.Ordinal);
    }

    private static ScoreRow Read(string line, string? category = null) => ScoreRow.Read(Encoding.UTF8.GetBytes(line), "line 3", LetterModel.Categories, category);

    private static void AssertRequest(ScoreRequest request, Message[] prompt, string response)
    {
        Assert.Equal(prompt, request.Prompt);
        Assert.Equal([Message.Assistant(response)], request.Response);
    }
}
