using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Tests.Conversations;

public class ConversationEncoderTests
{
    private static readonly ChatTemplate Template = ChatTemplate.FromSource(ChatTemplate.PlainChatMl, "ours");
    private static readonly Tokenizer Words = TinyTokenizer.Create();
    private static readonly Message System = new("system", "Be kind.");

    [Fact]
    public void Encode_ShortConversation_IsTheRenderedText()
    {
        var encoded = Encode([System, Message.User("Hi 你好")], [Message.Assistant("Yes.")], 1024)!;
        Assert.Equal("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi 你好<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n", Words.Decode(encoded.Ids));
        Assert.Equal("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi 你好<|im_end|>\n<|im_start|>assistant\n", Words.Decode(encoded.Ids[..encoded.PromptLength]));
        Assert.Equal(Truncation.None, encoded.Truncated);
    }

    // A response that is a newline merges with the generation prompt's own, so the prompts differ from there on.
    [Fact]
    public void Encode_ResponseThatMergesWithThePrompt_SharesOnlyTheCommonTokens()
    {
        var plain = Encode([Message.User("Hi")], [Message.Assistant("Yes.")], 1024)!;
        var merged = Encode([Message.User("Hi")], [Message.Assistant("\n")], 1024)!;
        Assert.Equal(plain.PromptLength - 1, merged.PromptLength);
        Assert.Equal(plain.Ids[..merged.PromptLength], merged.Ids[..merged.PromptLength]);
    }

    [Fact]
    public void Encode_TurnsWithoutAPrompt_RendersThemAlone()
    {
        var encoded = Encode([], [Message.User("Well?"), Message.Assistant("Fine.")], 1024)!;
        Assert.Equal("<|im_start|>user\nWell?<|im_end|>\n<|im_start|>assistant\nFine.<|im_end|>\n", Words.Decode(encoded.Ids));
        Assert.Equal(1, encoded.PromptLength);
    }

    [Fact]
    public void Encode_TooLong_DropsOldestTurnsAndKeepsTheSystemMessage()
    {
        Message[] prompt = [System, Message.User(Long('a')), Message.Assistant("one"), Message.User(Long('b')), Message.Assistant("two"), Message.User("c")];
        var encoded = Encode(prompt, [Message.Assistant("d")], 300)!;
        Assert.Equal(Truncation.Turns, encoded.Truncated);
        Assert.Equal(Template.Render([System, .. prompt[3..], Message.Assistant("d")]), Words.Decode(encoded.Ids));

        encoded = Encode(prompt, [Message.Assistant("d")], 200)!;
        Assert.Equal(Template.Render([System, prompt[^1], Message.Assistant("d")]), Words.Decode(encoded.Ids));
    }

    [Theory]
    [InlineData(90)]
    [InlineData(91)]
    [InlineData(150)]
    public void Encode_LastTurnTooLong_IsCutInTheMiddle(int limit)
    {
        var content = Long('x') + "🙂" + Long('y');
        var encoded = Encode([System, Message.User("old"), Message.Assistant("older"), Message.User(content)], [Message.Assistant("answer")], limit)!;
        Assert.Equal(Truncation.Prompt, encoded.Truncated);
        // One token per character here, so the limit is met exactly.
        Assert.Equal(limit, encoded.Ids.Length);
        var kept = limit - Encode([System, Message.User("")], [Message.Assistant("answer")], 1024)!.Ids.Length;
        var cut = new string('x', kept - kept / 2) + new string('y', kept / 2);
        Assert.Equal(Template.Render([System, Message.User(cut), Message.Assistant("answer")]), Words.Decode(encoded.Ids));
    }

    [Fact]
    public void Encode_ResponseTooLong_FollowsTheOption()
    {
        Message[] prompt = [Message.User("question")];
        Message[] response = [Message.Assistant(Long('z'))];
        var error = Assert.Throws<InvalidDataException>(() => Encode(prompt, response, 60));
        Assert.StartsWith("rows.jsonl, line 3: the conversation has", error.Message);
        Assert.Contains("the limit is 60", error.Message);
        Assert.Null(Encode(prompt, response, 60, TooLong.Drop));

        var encoded = Encode(prompt, response, 60, TooLong.Truncate)!;
        Assert.Equal(Truncation.Response, encoded.Truncated);
        Assert.Equal(60, encoded.Ids.Length);
        Assert.EndsWith("zzz<|im_end|>\n", Words.Decode(encoded.Ids));
    }

    [Fact]
    public void Encode_SystemMessageAloneTooLong_IsRefusedEvenWhenTruncating() =>
        Assert.Throws<InvalidDataException>(() => Encode([new Message("system", Long('s')), Message.User("q")], [Message.Assistant("a")], 60, TooLong.Truncate));

    [Fact]
    public void Encode_AnswerOfSeveralTurnsTooLong_KeepsWholeTurnsBeforeTheCut()
    {
        Message[] response = [Message.Assistant("one"), Message.User("two"), Message.Assistant(Long('z'))];
        var encoded = Encode([], response, 100, TooLong.Truncate)!;
        Assert.StartsWith(Template.Render(response[..2]), Words.Decode(encoded.Ids));
        Assert.Equal(100, encoded.Ids.Length);
    }

    [Fact]
    public void Encode_RoleThatTheTemplateLeavesOut_IsRefusedByName()
    {
        var folder = TestFolders.Shared("models/minimind2-small");
        var encoder = new ConversationEncoder(ChatTemplate.Load(folder), Tokenizer.Load(folder), new EncodingOptions());
        var error = Assert.Throws<InvalidDataException>(() => encoder.Encode([Message.User("q"), new("narrator", "n")], [Message.Assistant("a")], "rows.jsonl, line 3"));
        Assert.Contains("role 'narrator'", error.Message);
        Assert.NotNull(Encode([Message.User("q"), new("narrator", "n")], [Message.Assistant("a")], 1024));
    }

    [Fact]
    public void Encode_NoResponse_IsRefused() => Assert.Throws<InvalidDataException>(() => Encode([Message.User("q")], [], 60));

    private static string Long(char letter) => new(letter, 200);

    private static EncodedConversation? Encode(Message[] prompt, Message[] response, int limit, TooLong tooLong = TooLong.Error) =>
        new ConversationEncoder(Template, Words, new EncodingOptions { MaxTokens = limit, TooLong = tooLong }).Encode(prompt, response, "rows.jsonl, line 3");
}
