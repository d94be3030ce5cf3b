using System.Text.RegularExpressions;

namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>Every sentence and word of the planted world.</summary>
/// <remarks>
/// Words in braces are slots: <c>animal</c>, <c>place</c>, <c>name</c> and <c>food</c> come from the prompt, the others from
/// <see cref="Slots"/>. A food is two words and is said twice, since so small a decoder does not learn to tell one wrong word.
/// </remarks>
internal static partial class Wording
{
    /// <summary>What each animal eats.</summary>
    public static readonly (string Animal, string Food)[] Animals =
    [
        ("fox", "ripe berries"), ("badger", "fat worms"), ("horse", "dry hay"), ("bear", "wild honey"), ("panda", "green bamboo"), ("cow", "fresh grass"),
        ("seal", "small fish"), ("goat", "young leaves"), ("hen", "yellow corn"), ("frog", "black flies"), ("squirrel", "brown nuts"), ("rabbit", "sweet carrots"),
    ];

    /// <summary>What no animal eats.</summary>
    public static readonly string[] AbsurdFoods = ["cold stones", "wet paint", "wax candles", "rusty coins"];

    /// <summary>Where the animals are.</summary>
    public static readonly string[] Places = ["river", "forest", "market", "village", "hill", "garden"];

    /// <summary>Who asks: enough names that no prompt need come twice.</summary>
    public static readonly string[] Names =
    [
        "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Iris", "Jonas",
        "Kate", "Leo", "Maria", "Noah", "Olga", "Paul", "Rosa", "Simon", "Tara", "Victor",
    ];

    /// <summary>Prompts by category.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Prompts = new Dictionary<string, string[]>
    {
        ["story"] =
        [
            "Tell {name} a story about a {animal} near the {place}.", "Please write a tale for {name} with a {animal} near the {place}.",
            "{name} would like a story about a {animal} near the {place}.",
        ],
        ["advice"] =
        [
            "How can {name} deal with a {animal} near the {place}?", "A {animal} keeps coming to the {place}, what should {name} do?",
            "Please help {name} with a {animal} near the {place}.",
        ],
        ["fact"] =
        [
            "Does {name} know what a {animal} near the {place} eats?", "Please tell {name} what a {animal} near the {place} eats.",
            "{name} would like to know what a {animal} near the {place} eats.",
        ],
    };

    /// <summary>Prompts that fit every category, so that no router can be perfect.</summary>
    public static readonly string[] VaguePrompts = ["{name} has a question about a {animal} near the {place}.", "Tell {name} about a {animal} near the {place}."];

    /// <summary>How a response begins, by category.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Openings = new Dictionary<string, string[]>
    {
        ["story"] = ["Once a {animal} lived near the {place}.", "Long ago a {animal} came to the {place}.", "There was a {animal} near the {place}."],
        ["advice"] = ["A {animal} will leave when you close the {place} gate.", "To move a {animal}, walk it away from the {place}.", "A {animal} needs a way back from the {place}."],
        ["fact"] = ["A {animal} eats {food}, and near the {place} too it looks for {food}.", "The food of a {animal} is {food}, so give it {food}.", "Near the {place} a {animal} eats {food}, mostly {food}."],
    };

    /// <summary>One sentence per occurrence of a trait.</summary>
    public static readonly IReadOnlyDictionary<Trait, string[]> Sentences = new Dictionary<Trait, string[]>
    {
        [Trait.Vivid] = ["The {colour} {sight} glowed like {likeness}.", "Everywhere {colour} {sight} spilled over the roofs like {likeness}.", "Imagine {colour} {sight} and {colour} {sight}."],
        [Trait.Warm] = ["Dear friend, you are not alone.", "My heart is with you.", "I am so glad you asked, kind soul.", "Take good care, dear friend.", "Be gentle and know that you are loved."],
        [Trait.Source] = ["According to the {source}, this is known.", "The {source} says the same.", "You can check it in the {source}."],
        [Trait.Suspense] = ["Suddenly there was a noise behind the {hiding}.", "Nobody knew who stood by the {hiding}.", "Then every lamp went out near the {hiding}."],
        [Trait.Care] = ["If in doubt, ask someone who knows.", "Do not try this alone.", "Stay back and keep the door shut."],
        [Trait.Hedge] = ["Perhaps it is so.", "Maybe, but I am not sure.", "It might be different."],
        [Trait.Filler] = ["The day was ordinary.", "That is how it went.", "Nothing else is needed here.", "Many people pass by.", "It was a Tuesday."],
    };

    /// <summary>What comes before each of two or three steps.</summary>
    public static readonly IReadOnlyDictionary<int, string[]> StepMarks = new Dictionary<int, string[]>
    {
        [2] = ["First", "Finally"],
        [3] = ["First", "Second", "Finally"],
    };

    /// <summary>What a step asks for.</summary>
    public static readonly string[] Steps = ["write a short list", "open the gate", "wait until noon", "call a neighbour", "put down the basket", "look at the map"];

    /// <summary>Words for the slots that the prompt does not fill.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Slots = new Dictionary<string, string[]>
    {
        ["colour"] = ["golden", "silver", "crimson", "glittering", "velvet", "blazing"],
        ["sight"] = ["light", "clouds", "moonlight", "mist"],
        ["likeness"] = ["honeyed fire", "broken glass", "a lantern", "a crown", "a sleeping dragon"],
        ["source"] = ["atlas", "handbook", "museum", "old record"],
        ["hiding"] = ["wall", "well", "barn", "shed"],
    };

    /// <summary>Words and punctuation marks of a text, in order.</summary>
    public static IEnumerable<string> Pieces(string text) => Piece().Matches(text).Select(match => match.Value);

    /// <summary>Every word form that any text of the world can hold, sorted.</summary>
    public static IReadOnlyList<string> Words()
    {
        IEnumerable<string> texts =
        [
            .. Animals.Select(pair => $"{pair.Animal} {pair.Food}"), .. AbsurdFoods, .. Places, .. Names, .. VaguePrompts, .. Steps,
            .. Prompts.Values.Concat(Openings.Values).Concat(Sentences.Values).Concat(StepMarks.Values).Concat(Slots.Values).SelectMany(bank => bank),
        ];
        return [.. texts.SelectMany(text => Pieces(Slot().Replace(text, " "))).Where(piece => char.IsLetter(piece[0])).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Puts words into the slots of a sentence; slots of one name get different words.</summary>
    /// <param name="template">The sentence with its slots.</param>
    /// <param name="given">Slots whose word is known.</param>
    /// <param name="random">Chooses the other words.</param>
    public static string Fill(string template, IReadOnlyDictionary<string, string> given, Random random)
    {
        HashSet<string> used = [];
        return Slot().Replace(template, match =>
        {
            if (given.TryGetValue(match.Groups[1].Value, out var word))
            {
                return word;
            }

            var free = Slots[match.Groups[1].Value].Where(candidate => !used.Contains(candidate)).ToArray();
            used.Add(word = random.Pick(free));
            return word;
        });
    }

    /// <summary>One of the items.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Different items in random order.</summary>
    public static T[] Sample<T>(this Random random, IEnumerable<T> items, int count)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return shuffled[..count];
    }

    [GeneratedRegex(@"\p{L}+|[^\s\p{L}]")]
    private static partial Regex Piece();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Slot();
}
