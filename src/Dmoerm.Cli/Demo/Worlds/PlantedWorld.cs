using System.Globalization;
using Dmoerm.Data;

namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>A small world of English texts in which it is known what is good.</summary>
/// <remarks>
/// No prompt of the world comes twice, so validation and test prompts are fresh; their words are not. Training and validation
/// examples carry noisy comparisons only, test examples the gold scores and every comparison that follows from them.
/// </remarks>
internal sealed class PlantedWorld
{
    private readonly WorldSettings _settings;
    private readonly HashSet<string> _prompts = [];

    private PlantedWorld(WorldSettings settings, Random random)
    {
        _settings = settings;
        Tastes = settings.OneTaste ? CategoryTaste.Agreeing : CategoryTaste.Conflicting;
        var labels = new PlantedLabels(settings, random);
        Categories =
        [
            .. Tastes.Select(taste => new PlantedCategory
            {
                Name = taste.Category,
                Capabilities = [.. taste.Capabilities.Select(capability => capability.Name)],
                Training = Part(taste, "train", settings.TrainingPrompts, random, (index, responses) => labels.Noisy(taste, responses, index < settings.PreferencePrompts)),
                Validation = Part(taste, "validation", settings.ValidationPrompts, random, (_, responses) => labels.Noisy(taste, responses, preferences: true)),
                Test = Part(taste, "test", settings.TestPrompts, random, (_, responses) => PlantedLabels.Gold(taste, responses)),
            }),
        ];
    }

    /// <summary>What each category rewards.</summary>
    public IReadOnlyList<CategoryTaste> Tastes { get; }

    /// <summary>The examples of each category.</summary>
    public IReadOnlyList<PlantedCategory> Categories { get; }

    /// <summary>Makes a world; equal settings and an equally seeded <paramref name="random"/> give an equal world.</summary>
    /// <exception cref="ArgumentException">More prompts are asked for than the wording can tell apart.</exception>
    public static PlantedWorld Grow(WorldSettings settings, Random random) => new(settings, random);

    /// <summary>Unlabelled conversations to pre-train a language model on; none has a prompt of the labelled examples.</summary>
    public IEnumerable<IReadOnlyList<Message>> Conversations(int count, Random random)
    {
        for (var made = 0; made < count; made++)
        {
            var prompt = Fresh(random.Pick(Tastes).Category, random);
            yield return [Message.User(prompt.Text), Message.Assistant(PlantedResponse.Draw(prompt, random).Text)];
        }
    }

    private List<PreferenceExample> Part(
        CategoryTaste taste, string part, int count, Random random, Func<int, IReadOnlyList<PlantedResponse>, LabelledResponses> label)
    {
        List<PreferenceExample> examples = [];
        for (var index = 0; index < count; index++)
        {
            var prompt = Fresh(taste.Category, random);
            _prompts.Add(prompt.Text);
            var labelled = label(index, Respond(prompt, random));
            var id = string.Create(CultureInfo.InvariantCulture, $"{taste.Category}-{part}-{index + 1}");
            examples.Add(new PreferenceExample
            {
                Id = id,
                Category = taste.Category,
                Prompt = [Message.User(prompt.Text)],
                Responses = labelled.Responses,
                Comparisons = labelled.Comparisons,
                Origin = $"planted world, {id}",
            });
        }

        return examples;
    }

    // Readers merge equal texts of one prompt; here there are none to merge.
    private List<PlantedResponse> Respond(PlantedPrompt prompt, Random random)
    {
        List<PlantedResponse> responses = [];
        while (responses.Count < _settings.Responses)
        {
            var response = PlantedResponse.Draw(prompt, random);
            if (responses.TrueForAll(other => other.Text != response.Text))
            {
                responses.Add(response);
            }
        }

        return responses;
    }

    private PlantedPrompt Fresh(string category, Random random)
    {
        const int Attempts = 10_000;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var prompt = PlantedPrompt.Draw(category, _settings.VagueShare, random);
            if (!_prompts.Contains(prompt.Text))
            {
                return prompt;
            }
        }

        throw new ArgumentException($"No new prompt of category {category} in {Attempts} draws after {_prompts.Count} prompts: ask for fewer.");
    }
}

/// <summary>The examples of one category.</summary>
internal sealed record PlantedCategory
{
    /// <summary>The category's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its capabilities, in the experts' order.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Noisy labels: capabilities on all, preferences on the first ones.</summary>
    public required IReadOnlyList<PreferenceExample> Training { get; init; }

    /// <summary>Noisy labels of both kinds on all.</summary>
    public required IReadOnlyList<PreferenceExample> Validation { get; init; }

    /// <summary>Gold labels and scores.</summary>
    public required IReadOnlyList<PreferenceExample> Test { get; init; }
}
