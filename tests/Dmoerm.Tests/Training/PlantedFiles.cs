using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Training;

/// <summary>Preference files in which the better response is known by its words, in every way that rows can say so, and a recipe over them.</summary>
/// <remarks>
/// A response may be kind (or cold) and careless (or careful). Category <c>story</c> wants kind and careful, by scores; <c>advice</c>
/// wants cold and careless, by stated comparisons that name the better side first or second; <c>fact</c> wants kind and careful,
/// by pairs with votes, some of them against the chosen side.
/// </remarks>
internal sealed class PlantedFiles(string folder)
{
    public const string Kind = "Take good care, dear friend.";
    public const string Cold = "The day was ordinary.";
    public const string Careless = "Perhaps it is so.";
    public const string Careful = "You can check it in the atlas.";

    private static readonly string[] Animals = ["horse", "panda", "badger", "cow"];
    private static readonly string[] Names = ["Kate", "Paul", "Noah", "Iris", "Victor"];
    private static readonly (bool Kind, bool Careless)[] Traits = [(true, false), (false, false), (true, true), (false, true)];

    /// <summary>The debug recipe's decoder.</summary>
    public static string Backbone { get; } = Path.Combine(TestFolders.Root, "recipes", "debug", "backbone");

    /// <summary>The test rows of all categories.</summary>
    public string Test => Path.Combine(folder, "test.jsonl");

    /// <summary>A conversation of a category with known traits, of a prompt that no file has.</summary>
    public static (string Prompt, string Response) Conversation(string category, bool kind, bool careless) => (Prompt(category, 99), Response(99, kind, careless));

    /// <summary>Writes data and recipe.</summary>
    /// <param name="prompts">Training prompts of a category.</param>
    /// <param name="change">Changes the recipe before it is written.</param>
    /// <returns>The recipe's path.</returns>
    public string Write(int prompts = 28, Action<JsonObject>? change = null)
    {
        foreach (var category in new[] { "story", "advice", "fact" })
        {
            File.WriteAllLines(Path.Combine(folder, $"{category}.jsonl"), Enumerable.Range(0, prompts).SelectMany(index => Rows(category, index)));
        }

        // Of one format each file: pairs have their own.
        File.WriteAllLines(Test, new[] { "story", "advice" }.SelectMany(category => Enumerable.Range(prompts, 10).SelectMany(index => Rows(category, index))));
        File.WriteAllLines(Path.Combine(folder, "pairs.jsonl"), Enumerable.Range(prompts, 10).SelectMany(index => Rows("fact", index)));
        var recipe = Recipe();
        change?.Invoke(recipe);
        var path = Path.Combine(folder, "recipe.json");
        File.WriteAllText(path, recipe.ToJsonString());
        return path;
    }

    private static JsonObject Recipe()
    {
        var training = """{ "learningRates": [1e-2], "epochs": 4, "batch": { "responses": 64 } }""";
        return JsonNode.Parse($$"""
            {
              "name": "planted",
              "backbone": { "folder": {{JsonSerializer.Serialize(Backbone)}}, "maxTokens": 128 },
              "categories": {
                "story": { "data": ["story.jsonl"], "test": ["test.jsonl"], "capabilities": { "kindness": {}, "care": { "score": "mistakes", "lowerIsBetter": true } } },
                "advice": { "data": ["advice.jsonl"], "test": ["test.jsonl"], "capabilities": { "distance": {}, "ease": {} } },
                "fact": { "data": ["fact.jsonl"], "test": ["pairs.jsonl"], "capabilities": { "kindness": { "reasons": ["k1"] }, "care": { "reasons": ["c1", "c2"] } } }
              },
              "base": { "lora": { "rank": 2, "layers": { "top": 1 } }, "training": {{training}} },
              "experts": { "lora": { "rank": 2, "layers": { "top": 1 } }, "head": "linear", "training": {{training}} },
              "aggregator": { "fallBackToBase": false },
              "baselines": { "linearHead": false }
            }
            """)!.AsObject();
    }

    private static string Prompt(string category, int index)
    {
        var (animal, name) = (Animals[index % Animals.Length], Names[index % Names.Length]);
        return category switch
        {
            "story" => $"Please write a tale for {name} with a {animal} near the river, number {index}.",
            "advice" => $"Please help {name} with a {animal} near the village, number {index}.",
            _ => $"{name} asks a question of fact on a {animal}, number {index}.",
        };
    }

    private static string Response(int index, bool kind, bool careless) =>
        $"{(index % 2 == 0 ? "Many people pass by." : "That is how it went.")} {(careless ? Careless : Careful)} {(kind ? Kind : Cold)}";

    private static IEnumerable<string> Rows(string category, int index) => category switch
    {
        "story" => [Scored(index)],
        "advice" => [Stated(index)],
        _ => Pairs(index),
    };

    private static double Worth((bool Kind, bool Careless) traits) => (traits.Kind ? 2 : 0) - (traits.Careless ? 1 : 0);

    private static string Scored(int index) => JsonSerializer.Serialize(new
    {
        category = "story",
        prompt = Prompt("story", index),
        responses = Traits.Select(traits => new
        {
            text = Response(index, traits.Kind, traits.Careless),
            score = Worth(traits),
            capabilities = new { kindness = traits.Kind ? 5 : 1, mistakes = traits.Careless ? 1.0 : 0.25 },
        }),
    });

    // What is worth most in a story is worth least here.
    private static string Stated(int index)
    {
        var comparisons = new List<object>();
        for (var i = 0; i < Traits.Length; i++)
        {
            for (var j = i + 1; j < Traits.Length; j++)
            {
                // Every other comparison is told from the worse side: j, i and p = 0 or 1 swap together.
                var (first, second) = (index + i + j) % 2 == 0 ? (i, j) : (j, i);
                comparisons.Add(new { i = first, j = second, p = Worth(Traits[first]) < Worth(Traits[second]) ? 1 : 0 });
                if (Traits[i].Kind != Traits[j].Kind)
                {
                    comparisons.Add(new { i = first, j = second, p = Traits[first].Kind ? 0 : 1, capability = "distance" });
                }

                if (Traits[i].Careless != Traits[j].Careless)
                {
                    comparisons.Add(new { i = first, j = second, p = Traits[first].Careless ? 1 : 0, capability = "ease" });
                }
            }
        }

        return JsonSerializer.Serialize(new { category = "advice", prompt = Prompt("advice", index), responses = Traits.Select(traits => new { text = Response(index, traits.Kind, traits.Careless) }), comparisons });
    }

    private static IEnumerable<string> Pairs(int index)
    {
        for (var i = 0; i < Traits.Length; i++)
        {
            for (var j = i + 1; j < Traits.Length; j++)
            {
                var (better, worse) = Worth(Traits[i]) > Worth(Traits[j]) ? (Traits[i], Traits[j]) : (Traits[j], Traits[i]);
                string[] reasons = [.. better.Kind && !worse.Kind ? new[] { "k1" } : [], .. worse.Careless && !better.Careless ? new[] { index % 2 == 0 ? "c1" : "c2" } : []];
                // Every third row was voted down after somebody chose it: without the votes it would speak for the worse side.
                yield return (index + i + j) % 3 == 0
                    ? Pair(index, worse, better, [1, 4], [])
                    : Pair(index, better, worse, (index + i) % 2 == 0 ? [3, 1] : null, reasons);
            }
        }
    }

    private static string Pair(int index, (bool Kind, bool Careless) chosen, (bool Kind, bool Careless) rejected, int[]? votes, string[] reasons)
    {
        var row = new JsonObject
        {
            ["category"] = "fact",
            ["prompt"] = Prompt("fact", index),
            ["chosen"] = Response(index, chosen.Kind, chosen.Careless),
            ["rejected"] = Response(index, rejected.Kind, rejected.Careless),
            ["reasons"] = new JsonArray([.. reasons.Select(reason => JsonValue.Create(reason))]),
        };
        if (votes is not null)
        {
            row["votes"] = new JsonArray(votes[0], votes[1]);
        }

        return row.ToJsonString();
    }
}
