namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>A prompt of the planted world and what its responses must fit to.</summary>
/// <param name="Category">The task that is meant; a vague prompt does not show it.</param>
/// <param name="Text">What the user says.</param>
/// <param name="Animal">Whom it is about.</param>
/// <param name="Food">What that animal really eats.</param>
/// <param name="Place">Where the animal is.</param>
internal sealed record PlantedPrompt(string Category, string Text, string Animal, string Food, string Place)
{
    /// <summary>Draws a prompt.</summary>
    /// <param name="category">The task that is meant.</param>
    /// <param name="vagueShare">Share in [0, 1] of prompts that fit every category.</param>
    /// <param name="random">Source of chance.</param>
    public static PlantedPrompt Draw(string category, double vagueShare, Random random)
    {
        var (animal, food) = random.Pick(Wording.Animals);
        var place = random.Pick(Wording.Places);
        var bank = random.NextDouble() < vagueShare ? Wording.VaguePrompts : Wording.Prompts[category];
        var given = new Dictionary<string, string> { ["animal"] = animal, ["place"] = place, ["name"] = random.Pick(Wording.Names) };
        return new PlantedPrompt(category, Wording.Fill(random.Pick(bank), given, random), animal, food, place);
    }
}
