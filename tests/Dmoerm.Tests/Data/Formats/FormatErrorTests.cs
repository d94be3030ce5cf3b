using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Tests.Data.Formats;

/// <summary>What is said of rows that do not fit: where, which field, what was expected, what came.</summary>
public sealed class FormatErrorTests
{
    [Theory]
    [InlineData("""{"prompt":"P","responses":["A","B"],"rank":[1]}""", "field 'rank': expected a rank for each of the 2 responses, came a list of 1")]
    [InlineData("""{"prompt":"P","responses":["A","B"],"ranks":[1,"first"]}""", "field 'ranks[1]': expected a finite number, came text \"first\"")]
    [InlineData("""{"prompt":"P","responses":["A","B"],"rank":[1,null]}""", "field 'rank[1]': expected a finite number, came null")]
    [InlineData("""{"prompt":"P","responses":["A",null],"rank":[1,2]}""", "field 'responses[1]': expected text, came null")]
    [InlineData("""{"prompt":"P","responses":["A"],"rank":[1]}""", "field 'responses': expected at least two responses, came a list of 1")]
    [InlineData("""{"prompt":"P","responses":[],"rank":[]}""", "field 'responses': expected at least two responses, came a list of 0")]
    [InlineData("""{"prompt":"P","responses":[{"text":"A","rank":1},{"text":"B"}]}""", "field 'responses[1].rank': expected a number, came nothing")]
    [InlineData("""{"src":["U1","U2"],"tgt":[],"response":["A","B"],"rank":[1,2]}""", "field 'tgt': expected 1 turns of the assistant, between the 2 of src, or one more, which answers the last, came a list of 0")]
    [InlineData("""{"src":[],"response":["A","B"],"rank":[1,2]}""", "field 'src': expected at least one turn of the user, came a list of 0")]
    [InlineData("""{"src":"U","response":["A","B"],"rank":[1,2]}""", "field 'src': expected a list, came text \"U\"")]
    [InlineData("""{"src":["U"],"response":["A","B"],"rank":[1,2,3]}""", "field 'rank': expected a rank for each of the 2 responses, came a list of 3")]
    [InlineData("""{"context":[{"role":"user","content":"P"}],"completions":[{"rank":0,"completion":[]},{"rank":1,"completion":"B"}]}""", "field 'completions[0].completion': expected text or at least one message, came a list of 0")]
    [InlineData("""{"instruction":"P","completions":[{"response":"A","annotations":{"honesty":{"Rating":"good"}}}]}""", "field 'completions[0].annotations.honesty.Rating': expected a number, or N/A, came text \"good\"")]
    [InlineData("""{"instruction":"P","completions":[]}""", "field 'completions': expected at least one completion, came a list of 0")]
    [InlineData("""{"prompt":"P","completion":"A","label":"yes"}""", "field 'label': expected true or false, came text \"yes\"")]
    [InlineData("""{"prompt":"P","response_1":"A","response_2":"B","preference_strength":4}""", "field 'preference_strength': expected a whole number from -3 to 3, came 4")]
    [InlineData("""{"prompt":"P","response":"A","helpfulness":null}""", "field 'helpfulness': expected a number, came nothing")]
    [InlineData("""{"instruction":"P","response1":"A","response2":"B","annotator1":1,"annotator2":3,"annotator3":1}""", "field 'annotator2': expected a whole number from 0 to 2, came 3")]
    [InlineData("""{"query":"P","response1":"A","response2":"B","human":"both"}""", "field 'human': expected model1, model2 or TIE, came text \"both\"")]
    [InlineData("""{"question":"P","response_A":"A","response_B":"B","label":"A"}""", "field 'label': expected A>B, B>A or A=B, came text \"A\"")]
    [InlineData("""{"input":"P","output_1":"A","output_2":"B","label":0}""", "field 'label': expected a whole number from 1 to 2, came 0")]
    [InlineData("""{"question":"P","prediction 1":"A","prediction 2":"B","prediction 3":"C","prediction 4":"D","preference":[1,2]}""", "field 'preference': expected six verdicts, each 0, 1 or 2, came a list of 2")]
    [InlineData("""{"conversations":[{"from":"human","value":"P"}],"chosen":{"from":"human","value":"A"},"rejected":{"from":"gpt","value":"B"}}""", "field 'chosen': expected a turn from 'gpt', came an object")]
    [InlineData("""{"conversations":[{"from":"function_call","value":"P"}],"chosen":{"from":"gpt","value":"A"},"rejected":{"from":"gpt","value":"B"}}""", "field 'conversations[0].from': expected human, gpt or system (turns of tools are not read), came text \"function_call\"")]
    [InlineData("""{"instruction":"P","chosen":"A","rejected":"B","history":[["U"]]}""", "field 'history': expected pairs of a user's and an assistant's text, came a list of 1")]
    [InlineData("""{"prompt":"P","chosen":["A"],"rejected":[]}""", "field 'rejected': expected at least one text, came a list of 0")]
    [InlineData("""{"prompt":"P","chosen":["A"],"rejected":["B",1]}""", "field 'rejected[1]': expected text, came 1")]
    [InlineData("""{"prompt":"P","chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"rejected":"B"}""", "field 'chosen': expected an answer, or the prompt's turns and an answer (the first message is the user's, and not the prompt's), came a list of 2")]
    [InlineData("""{"chosen":"\n\nHuman: P\n\nAssistant: A\n\nHuman: Q","rejected":"\n\nHuman: P\n\nAssistant: B"}""", "field 'chosen': expected a transcript that begins with 'Human:' and whose last turn is the 'Assistant:'s")]
    [InlineData("""{"prompt":"P","chosen":"A","rejected":"B","chat_template_kwargs":{}}""", "field 'chat_template_kwargs': expected no such field (a model's template variables are the same for all rows: recipe, field backbone.template)")]
    [InlineData("""{"prompt":"P","completions":["A","B"],"labels":[true,false]}""", "expected rows that compare answers, came stepwise supervision (completions with labels), which judges steps of one answer and is not read.")]
    [InlineData("""{"chosen_ids":[1],"rejected_ids":[2]}""", "expected texts, came token ids (field 'chosen_ids'): rows that are tokenised already are not read, because they are of another tokenizer.")]
    public void Row_ThatDoesNotFit_IsNamed(string row, string message) => AssertFails("rows.jsonl", row, "line 1: " + message);

    [Theory]
    [InlineData("""{"chosen":"\n\nHuman: P\n\nAssistant: A","rejected":"\n\nHuman: P\n\nAssistant: B"}""", "expected a row of format pairs, as the file's first row is, came one of format hh-rlhf; a file has one format.")]
    [InlineData("""{"prompt":"P","responses":["A","B"],"rank":[1,2]}""", "expected a row of format pairs, as the file's first row is, came one of format ranked-list; a file has one format.")]
    [InlineData("""{"prompt":"P","chosen":"A"}""", "field 'rejected': expected text or a list of messages, came nothing. (Read as format pairs.)")]
    public void Row_OfAnotherFormatInTheMiddle_SaysWhichTheFileHas(string row, string message) =>
        AssertFails("rows.jsonl", """{"prompt":"P","chosen":"A","rejected":"B"}""" + "\n" + row, "line 2: " + message);

    [Theory]
    [InlineData("prompt,chosen,rejected,margin\nP,A,B,high\n", "line 2: field 'margin': expected a finite number, came text \"high\"")]
    [InlineData("prompt,chosen,rejected,margin\nP,A,,1\n", "line 2: field 'rejected': expected text or a list of messages, came nothing")]
    [InlineData("prompt,chosen,rejected\n\"[{'role': 'user', 'content': 'P'}]\",A,B\n", "line 2: expected a cell with a list or object as JSON writes it, in double quotes, came one in single quotes")]
    public void Cell_ThatDoesNotFit_IsNamed(string table, string message) => AssertFails("rows.csv", table, message);

    [Fact]
    public void Cell_ThatOnlyBeginsLikeAList_IsText()
    {
        using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes("prompt,chosen,rejected\nP,[sic] A,\"[1, 2]\"\n"), "rows.csv");
        Assert.Equal("user P / [sic] A / [1, 2] / 0>1", FormatRows.Line(Assert.Single(PreferenceReader.Read(file.Path, null, new CategorySource()))));
    }

    private static void AssertFails(string name, string content, string message)
    {
        using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(content), name);
        var error = Assert.Throws<InvalidDataException>(() => PreferenceReader.Read(file.Path, null, new CategorySource()).Count());
        Assert.StartsWith($"{file.Path}, {message}", error.Message);
    }
}
