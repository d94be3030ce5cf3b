using Dmoerm.Data;

namespace Dmoerm.Tests.Data.Formats;

/// <summary>A row of our own making for each format, and what it says in one line.</summary>
internal static class FormatRows
{
    /// <summary>Format, row, what is read: prompt turns, then responses, then comparisons (i&gt;j, i&lt;j, i=j, or i:j with p).</summary>
    public static readonly (string Format, string Row, string Expected)[] All =
    [
        ("dmoerm", """{"prompt":"P","responses":[{"text":"A"},{"text":"B"}],"comparisons":[{"i":1,"j":0,"p":1}]}""", "user P / A / B / 1>0"),
        ("dmoerm", """{"prompt":"P","responses":[{"text":"A","score":1},{"text":"B","score":2}]}""", "user P / A / B / 0<1"),
        ("scored-list", """{"prompt":"P","responses":[{"text":"A","overall":1},{"text":"B","overall":2}]}""", "user P / A / B / 0<1"),
        ("ranked-list", """{"prompt":"P","responses":["A","B","C"],"rank":[2,1,2]}""", "user P / A / B / C / 0<1 0=2 1>2"),
        ("ranked-list", """{"prompt":"P","responses":["A","B"],"ranks":[1,2.5]}""", "user P / A / B / 0>1"),
        ("ranked-list", """{"prompt":"P","responses":[{"text":"A","rank":3,"model":"m"},{"messages":[{"role":"assistant","content":"B"}],"rank":1}]}""", "user P / A / B / 0<1"),
        ("mtmc", """{"label":"闲聊","src":["U1","U2"],"tgt":["T1"],"response":["A","B","C"],"rank":[1,3,3]}""", "user U1 | assistant T1 | user U2 / A / B / C / 0>1 0>2 1=2"),
        ("mtmc", """{"label":"其他","src":["U1"],"tgt":["T1"],"response":["A","B"],"rank":[2,1]}""", "user U1 / A / B / 0<1"),
        ("mtmc", """{"label":"闲聊","src":["U1"],"response":["A","B"],"rank":[1,2]}""", "user U1 / A / B / 0>1"),
        ("nemo-rl", """{"context":[{"role":"user","content":"P"}],"completions":[{"rank":1,"completion":[{"role":"assistant","content":"A"}]},{"rank":0,"completion":[{"role":"assistant","content":"B"}]}],"task_name":"t"}""", "user P / A / B / 0<1"),
        ("ultrafeedback", """{"source":"s","instruction":"P","models":["m","n"],"completions":[{"model":"m","response":"A","annotations":{"honesty":{"Rating":"4","Rationale":"r"},"truthfulness":{"Rating":"N/A"}},"overall_score":7.5},{"model":"n","response":"B","annotations":{"honesty":{"Rating":5},"truthfulness":{"Rating":"3"}},"overall_score":8}]}""", "user P / A / B / 0<1 honesty:0<1"),
        ("unpaired", """{"prompt":"P","completion":"A","label":true}""", "user P / A / "),
        ("best-of-n", """{"prompt":"P","best":"A","losers":["B","C"]}""", "user P / A / B / C / 0>1 0>2"),
        ("helpsteer2-preference", """{"split":"train","prompt":"P","response_1":"A","response_2":"B","preference_strength":-3}""", "user P / A / B / 0>1"),
        ("helpsteer2-preference", """{"prompt":"P\n<extra_id_1>Assistant\nQ\n<extra_id_1>User\nR","response_1":"A","response_2":"B","preference_strength":1}""", "user P | assistant Q | user R / A / B / 0<1"),
        ("helpsteer2-preference", """{"prompt":"P","response_1":"A","response_2":"B","preference_strength":0}""", "user P / A / B / 0=1"),
        ("helpsteer", """{"prompt":"P\n<extra_id_1>Assistant\nQ\n<extra_id_1>User\nR","response":"A","helpfulness":3,"correctness":4,"coherence":4,"complexity":1,"verbosity":2}""", "user P | assistant Q | user R / A / "),
        ("pandalm", """{"idx":0,"cmp_key":"m_n","instruction":"P","input":"Q","response1":"A","response2":"B","annotator1":1,"annotator2":0,"annotator3":1}""", "user P\nQ / A / B / 0:1=0.83"),
        ("pandalm", """{"instruction":"P","input":"","response1":"A","response2":"B","annotator1":2,"annotator2":2,"annotator3":2}""", "user P / A / B / 0<1"),
        ("llmeval2", """{"query":"P","response1":"A","response2":"B","human":"model2","dataset":"d"}""", "user P / A / B / 0<1"),
        ("llmeval2", """{"query":"P","response1":"A","response2":"B","human":"TIE"}""", "user P / A / B / 0=1"),
        ("auto-j", """{"scenario":"s","label":1,"prompt":"P","response 1":"A","response 2":"B"}""", "user P / A / B / 0<1"),
        ("auto-j", """{"scenario":"s","label":0,"prompt":"P","response 1":"A","response 2":"B"}""", "user P / A / B / 0>1"),
        ("auto-j", """{"scenario":"s","label":2,"prompt":"P","response 1":"A","response 2":"B"}""", "user P / A / B / 0=1"),
        ("judgebench", """{"pair_id":"x","question":"P","response_A":"A","response_B":"B","label":"B>A"}""", "user P / A / B / 0<1"),
        ("llmbar", """{"input":"P","output_1":"A","output_2":"B","label":1,"subset":"s"}""", "user P / A / B / 0>1"),
        ("rmb-pairs", """{"pair_uid":"1","conversation_input":[{"content":"P","language":"English","role":"user"}],"chosen":{"llm_name":"m","answer":"A","score":5.0},"reject":{"llm_name":"n","answer":"B","score":4.5},"category_path":"Pairwise_set/Helpfulness/Chat"}""", "user P / A / B / 0>1"),
        ("rmb-best-of-n", """{"conversation_input":[{"content":"P","role":"user"}],"bon_best":{"llm_name":"m","answer":"A"},"loser_list":[{"llm_name":"n","answer":"B"},{"answer":"C"}],"bon_uid":"2","category_path":"BoN_set/Harmlessness/S1"}""", "user P / A / B / C / 0>1 0>2"),
        ("finegrained-rlhf", """{"question":"P","passages":[["Title","One.","Two."],["Other","Three."]],"prediction 1":"A","prediction 2":"B","prediction 3":"C","prediction 4":"D","preference":[1,2,0,1,1,2]}""", "user P\n\nTitle One. Two.\n\nOther Three. / A / B / C / D / 0>1 0<2 0=3 1>2 1>3 2<3"),
        ("sharegpt", """{"system":"S","conversations":[{"from":"human","value":"P"},{"from":"gpt","value":"Q"},{"from":"human","value":"R"}],"chosen":{"from":"gpt","value":"A"},"rejected":{"from":"gpt","value":"B"}}""", "system S | user P | assistant Q | user R / A / B / 0>1"),
        ("alpaca", """{"instruction":"P","input":"Q","chosen":"A","rejected":"B","history":[["U","V"]],"system":"S"}""", "system S | user U | assistant V | user P\nQ / A / B / 0>1"),
        ("alpaca", """{"instruction":"P","input":"","chosen":"A","rejected":"B"}""", "user P / A / B / 0>1"),
        ("axolotl", """{"system":"S","input":"P","chosen":"A","rejected":"B"}""", "system S | user P / A / B / 0>1"),
        ("axolotl", """{"system":"","question":"P","chosen":"A","rejected":"B"}""", "user P / A / B / 0>1"),
        ("chosen-sets", """{"id":"1","prompt":"P","chosen":["A"],"rejected":["B","C","D"],"num_correct":1,"subset":"s"}""", "user P / A / B / C / D / 0>1 0>2 0>3"),
        ("chosen-sets", """{"id":1,"prompt":"P","chosen":["A","B"],"rejected":["C","D"],"domain":"chat"}""", "user P / A / B / C / D / 0>2 0>3 1>2 1>3"),
        ("pairs", """{"prompt":"P","chosen":"A","chosen_model":"m","rejected":"B","rejected_model":"n","subset":"s","id":4}""", "user P / A / B / 0>1"),
        ("pairs", """{"prompt":"P","chosen":[{"role":"user","content":"P"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"P "},{"role":"assistant","content":"B"}],"messages":[],"score_chosen":8,"score_rejected":3}""", "user P / A / B / 0>1"),
        ("hh-rlhf", """{"chosen":"\n\nHuman: P\n\nAssistant: Q\n\nHuman: R\n\nAssistant: A","rejected":"\n\nHuman: P\n\nAssistant: Q\n\nHuman: R\n\nAssistant: B\n\nwith Human: inside"}""", "user P | assistant Q | user R / A / B\n\nwith Human: inside / 0>1"),
        ("trl", """{"chosen":"A","rejected":"B","margin":2}""", " / A / B / 0>1"),
        ("trl", """{"chosen":[{"role":"user","content":"P"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"P"},{"role":"assistant","content":"B"}]}""", "user P / A / B / 0>1"),
    ];

    /// <summary>An example in one line.</summary>
    public static string Line(PreferenceExample example) => string.Join(
        " / ",
        [string.Join(" | ", example.Prompt.Select(turn => $"{turn.Role} {turn.Content}")), .. example.Responses.Select(response => response.Text), string.Join(' ', example.Comparisons.Select(Line))]);

    private static string Line(Comparison comparison) => (comparison.Capability is null ? "" : comparison.Capability + ":") + comparison.P switch
    {
        1 => $"{comparison.I}>{comparison.J}",
        0 => $"{comparison.I}<{comparison.J}",
        0.5 => $"{comparison.I}={comparison.J}",
        _ => FormattableString.Invariant($"{comparison.I}:{comparison.J}={comparison.P:0.00}"),
    };
}
