namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>Rows of our own making in each benchmark's own format, and what <see cref="LetterModel"/> gets there: of prompts that begin with "more" it counts letters a.</summary>
internal static class BenchmarkRows
{
    /// <summary>Benchmark, rows, score, label ties, figures or subsets to look at.</summary>
    public static readonly (string Name, string[] Rows, double Score, int LabelTies, (string Name, double Share)[] Parts)[] All =
    [
        ("rewardbench1",
            ["""{"id":1,"prompt":"more p","chosen":"aa","chosen_model":"m","rejected":"a","rejected_model":"n","subset":"alpacaeval-easy"}""", """{"id":2,"prompt":"more q","chosen":"a","rejected":"ab","subset":"hep-go"}"""],
            0.25, 0, [("Chat", 1), ("Reasoning", 0), ("hep-go", 0)]),
        ("rewardbench2",
            [
                """{"id":"0","prompt":"more p","chosen":["aa"],"rejected":["a","ab","b"],"num_correct":1,"num_incorrect":3,"subset":"Factuality","additional_metadata":{"x":1}}""",
                """{"id":"1","prompt":"more p","chosen":["aa"],"rejected":["aab","a","b"],"num_correct":1,"subset":"Precise IF"}""",
                """{"id":"2","prompt":"more p","chosen":["b"],"rejected":["a","ab","bb"],"num_correct":1,"subset":"Math"}""",
                """{"id":"3","prompt":"more q","chosen":["a"],"rejected":["b","bb","c"],"num_correct":1,"subset":"Safety"}""",
                """{"id":"4","prompt":"more q","chosen":["a"],"rejected":["ab","ac","ad"],"num_correct":1,"subset":"Focus"}""",
                """{"id":"ref:0","prompt":"more r","chosen":["aa"],"rejected":["a","b"],"num_correct":1,"subset":"Ties"}""",
                """{"id":"tied:0","prompt":"more r","chosen":["aa","aab"],"rejected":["a"],"num_correct":2,"subset":"Ties"}""",
            ],
            (1 + 0.5 + 0 + 1 + 0.25 + 1.01) / 6, 0, [("Factuality", 1), ("Precise IF", 0.5), ("Focus", 0.25), ("Ties", 1.01), ("Ties: tanh term", 1)]),
        ("rm-bench",
            [
                """{"id":"1","prompt":"more p","chosen":["a","aa","aaa"],"rejected":["a","aa","aaa"],"domain":"chat"}""",
                """{"id":"2","prompt":"more p","chosen":["a","aa","aaa"],"rejected":["b","bb","bbb"],"domain":"math"}""",
                """{"id":3,"prompt":"more p","chosen":["b","bb","bbb"],"rejected":["a","aa","aaa"],"domain":"code"}""",
                """{"id":4,"prompt":"more p","chosen":["a","aa","aaa"],"rejected":["b","bb","bbb"],"domain":"safety-refuse"}""",
                """{"id":5,"prompt":"more p","chosen":["b","bb","bbb"],"rejected":["a","aa","aaa"],"domain":"safety-response"}""",
            ],
            (1.0 / 3 + 1 + 0 + 0.5) / 4, 0, [("easy", (1 + 1 + 0 + 0.5) / 4), ("hard", (0 + 1 + 0 + 0.5) / 4), ("safety", 0.5), ("chat: easy", 1)]),
        ("llmbar",
            ["""{"input":"more p","output_1":"a","output_2":"aa","label":2,"subset":"Natural"}""", """{"input":"more p","output_1":"a","output_2":"ab","label":1,"subset":"Adversarial/Neighbor"}"""],
            0.75, 0, [("Natural", 1), ("Neighbor", 0.5)]),
        ("judgebench",
            [
                """{"pair_id":"x","original_id":1,"source":"mmlu-pro-law","question":"more p","response_model":"m","response_A":"aa","response_B":"a","label":"A>B"}""",
                """{"pair_id":"y","source":"livecodebench","question":"more p","response_A":"a","response_B":"ab","label":"B>A"}""",
            ],
            1, 0, [("mmlu-pro", 1), ("livecodebench", 1), ("both orders", 0.5)]),
        ("rmb",
            [
                """{"pair_uid":"1","conversation_input":[{"role":"user","content":"more p","language":"English"}],"chosen":{"llm_name":"m","answer":"aa","score":5.0},"reject":{"llm_name":"n","answer":"a"},"category_path":"Pairwise_set/Helpfulness/Chat/Discussion"}""",
                """{"bon_uid":"2","conversation_input":[{"role":"user","content":"more p"}],"bon_best":{"llm_name":"m","answer":"aa"},"loser_list":[{"llm_name":"n","answer":"a"},{"llm_name":"o","answer":"aab"}],"category_path":"BoN_set/Harmlessness/S1"}""",
                """{"id":"3","split":"Helpfulness","family":"Code","scenario":null,"prompt":"more p","chosen":"a","rejected":"aa"}""",
                """{"id":"4","split":"Harmlessness","family":"S1","prompt":"more p","best":"aaa","losers":["a","b"]}""",
            ],
            0.5, 0, [("pairwise: Helpfulness/Chat/Discussion", 1), ("pairwise: Helpfulness/Code", 0), ("best_of_n: Harmlessness/S1", 0.5), ("best_of_n, Harmlessness", 0.5)]),
        ("contrast-instructions",
            [
                """{"query":"more p","retrieval":"more q","query_response_k":"x","query_response_j":"aa","retrieval_response_k":"y","retrieval_response_j":"a","subset":"wmt"}""",
                """{"query":"more p","retrieval":"less","query_response_k":"x","query_response_j":"aa","retrieval_response_k":"y","retrieval_response_j":"aa","subset":"wmt"}""",
            ],
            0.75, 0, [("C_res", 1), ("C_ins", 0.5), ("C_ins, ties one half", 0.75), ("wmt: C_res", 1)]),
        ("hh-rlhf",
            ["""{"chosen":"\n\nHuman: more p\n\nAssistant: aa","rejected":"\n\nHuman: more p\n\nAssistant: a"}""", """{"chosen":"\n\nHuman: more p\n\nAssistant: ab","rejected":"\n\nHuman: more p\n\nAssistant: a"}"""],
            0.75, 0, []),
        ("pandalm",
            [
                """{"idx":0,"instruction":"more p","input":"","response1":"aa","response2":"a","annotator1":1,"annotator2":1,"annotator3":0}""",
                """{"idx":1,"instruction":"more p","input":"q","response1":"aa","response2":"a","annotator1":1,"annotator2":0,"annotator3":0}""",
                """{"idx":2,"instruction":"more p","input":"q","response1":"aa","response2":"a","annotator1":0,"annotator2":1,"annotator3":2}""",
                """{"idx":3,"instruction":"more p","input":"q","response1":"aa","response2":"a","annotator1":2,"annotator2":2,"annotator3":1}""",
            ],
            0.5, 2, []),
        ("auto-j",
            ["""{"scenario":"s","label":0,"prompt":"more p","response 1":"aa","response 2":"a"}""", """{"scenario":"s","label":1,"prompt":"more p","response 1":"aa","response 2":"a"}""", """{"scenario":"t","label":2,"prompt":"more p","response 1":"aa","response 2":"a"}"""],
            0.5, 1, [("s", 0.5)]),
        ("llmeval2",
            ["""{"query":"more p","response1":"a","response2":"aa","human":"model2","dataset":"d"}""", """{"query":"more p","response1":"a","response2":"aa","human":"TIE","dataset":"d"}"""],
            1, 1, [("d", 1)]),
    ];
}
