namespace Dmoerm.Data.Categories;

/// <summary>The DMoERM paper's five categories and their 27 capability points, as its data set MTMC has them.</summary>
/// <remarks>
/// Source: official code, prepare_data/config.py:5-32, through notes that give the categories in both languages and the points in English. The points' Chinese names are our translations.
/// A few points stand in several categories (empathy, logic, content richness): an expert is still one category's own.
/// </remarks>
public static class MtmcTaxonomy
{
    private static readonly MtmcCapability Conversation = new("conversational_sense", "对话感", "conversational sense");
    private static readonly MtmcCapability Empathy = new("empathy", "共情能力", "empathy");
    private static readonly MtmcCapability Richness = new("content_richness", "内容丰富度", "content richness");
    private static readonly MtmcCapability Logic = new("logic", "逻辑性", "logic");
    private static readonly MtmcCapability Specific = new("question_specific", "针对性", "question-specific");

    /// <summary>The categories in the paper's order.</summary>
    public static IReadOnlyList<MtmcCategory> Categories { get; } =
    [
        new("roleplay", "角色扮演", [
            new("character_setting", "人设与情感投入", "character setting and emotional investment"),
            Conversation,
            Empathy,
            new("relationship_traits", "关系特征体现", "manifestation of relationship traits"),
            new("personal_expression", "个性化特征表达", "personalised characteristic expression"),
            Richness,
        ]),
        new("chat", "闲聊", [
            Conversation,
            new("proactivity", "主动性", "proactivity"),
            new("emotion_expression", "情感表达", "emotion expression"),
            Empathy,
            Richness,
        ]),
        new("subj_qa", "主观知识问答", [
            new("convincing", "说服力", "convincing ability"),
            Logic,
            new("viewpoint_richness", "观点丰富度", "viewpoint richness"),
            new("knowledge_breadth", "知识广度", "breadth of knowledge"),
            Specific,
        ]),
        new("obj_qa", "客观知识问答", [
            new("correctness", "正确性", "correctness"),
            new("objectiveness", "客观性", "objectiveness"),
            new("reasoning", "推理能力", "reasoning ability"),
            Logic,
            new("knowledge_depth", "知识深度", "depth of knowledge"),
            Specific,
        ]),
        new("text", "文本创作", [
            new("intent_conformity", "意图符合度", "intent conformity"),
            new("expressiveness", "表现力", "expressiveness"),
            new("readability", "可读性", "readability"),
            Richness,
            Logic,
        ]),
    ];

    /// <summary>The name of the category with this label (or name); null for another one, such as the set's small rest.</summary>
    public static string? NameOf(string label) => Categories.FirstOrDefault(category => category.Label == label.Trim() || category.Name == label.Trim())?.Name;
}

/// <summary>One of the paper's categories.</summary>
/// <param name="Name">The name in recipes.</param>
/// <param name="Label">The label of MTMC's rows, in Chinese.</param>
/// <param name="Capabilities">Its capability points, in the experts' order.</param>
public sealed record MtmcCategory(string Name, string Label, IReadOnlyList<MtmcCapability> Capabilities);

/// <summary>One of the paper's capability points.</summary>
/// <param name="Name">The name in recipes.</param>
/// <param name="Label">What it is called in Chinese.</param>
/// <param name="Meaning">What it is called in English.</param>
public sealed record MtmcCapability(string Name, string Label, string Meaning);
