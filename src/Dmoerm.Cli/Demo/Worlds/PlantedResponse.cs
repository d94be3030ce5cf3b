namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>A response of the planted world: its text, and the counts that decide how good it is.</summary>
internal sealed record PlantedResponse(string Text, TraitCounts Traits)
{
    /// <summary>Longest response, in words and punctuation marks.</summary>
    public const int MaxPieces = 54;

    private const double CorrectShare = 0.6;

    private static readonly (Trait Trait, int[] Counts)[] Chances =
    [
        (Trait.Vivid, [0, 0, 1, 2]), (Trait.Warm, [0, 0, 1, 2]), (Trait.Steps, [0, 0, 2, 3]), (Trait.Source, [0, 0, 1]),
        (Trait.Suspense, [0, 0, 1]), (Trait.Care, [0, 0, 1]), (Trait.Hedge, [0, 0, 1]), (Trait.Filler, [0, 0, 1, 2]),
    ];

    /// <summary>Draws a response: an opening that fits the prompt, then sentences of each trait in random order.</summary>
    public static PlantedResponse Draw(PlantedPrompt prompt, Random random)
    {
        while (true)
        {
            var traits = DrawTraits(prompt.Category, random);
            var text = Write(prompt, traits, random);
            if (Wording.Pieces(text).Count() <= MaxPieces)
            {
                return new PlantedResponse(text, traits);
            }
        }
    }

    private static TraitCounts DrawTraits(string category, Random random)
    {
        var traits = new TraitCounts();
        foreach (var (trait, counts) in Chances)
        {
            traits[trait] = random.Pick(counts);
        }

        traits[Trait.Correct] = category != "fact" || random.NextDouble() < CorrectShare ? 1 : 0;
        return traits;
    }

    private static string Write(PlantedPrompt prompt, TraitCounts traits, Random random)
    {
        var food = traits[Trait.Correct] == 1 ? prompt.Food : random.Pick(Wording.AbsurdFoods);
        var given = new Dictionary<string, string> { ["animal"] = prompt.Animal, ["place"] = prompt.Place, ["food"] = food };
        List<string> body = [];
        foreach (var (trait, bank) in Wording.Sentences)
        {
            body.AddRange(random.Sample(bank, traits[trait]).Select(sentence => Wording.Fill(sentence, given, random)));
        }

        if (Wording.StepMarks.TryGetValue(traits[Trait.Steps], out var marks))
        {
            body.Add(string.Join(' ', marks.Zip(random.Sample(Wording.Steps, marks.Length), (mark, step) => $"{mark}, {step}.")));
        }

        var opening = Wording.Fill(random.Pick(Wording.Openings[prompt.Category]), given, random);
        return string.Join(' ', [opening, .. random.Sample(body, body.Count)]);
    }
}
