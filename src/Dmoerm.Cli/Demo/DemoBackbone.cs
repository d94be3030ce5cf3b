using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Training.Phases;

namespace Dmoerm.Cli.Demo;

/// <summary>Makes the decoder of a planted world, as a Hugging Face folder like any other.</summary>
internal static class DemoBackbone
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Trains a decoder on unlabelled conversations of the world and writes its folder.</summary>
    /// <param name="folder">Made if absent: <c>config.json</c>, <c>model.safetensors</c>, <c>tokenizer.json</c>, <c>tokenizer_config.json</c>.</param>
    /// <param name="world">Gives the conversations; none has a prompt of its examples.</param>
    /// <param name="settings">Size and training.</param>
    /// <param name="seed">Seeds texts and weights.</param>
    /// <param name="progress">Told after each step; null for nobody.</param>
    public static void Train(string folder, PlantedWorld world, DemoBackboneSettings settings, int seed, Action<LanguageModelStep>? progress = null)
    {
        using var scope = NewDisposeScope();
        var vocabulary = new TinyVocabulary(Wording.Words());
        var config = settings.ToConfig(vocabulary.Count);
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, "tokenizer.json"), vocabulary.ToTokenizerJson());
        Write(Path.Combine(folder, "tokenizer_config.json"), TinyVocabulary.ToTokenizerConfig(ChatTemplate.PlainChatMl, config.MaxPositions));

        var texts = Encode(folder, world, settings, seed);
        using var random = new Generator((ulong)seed);
        using var backbone = LanguageModelTraining.Train(config, texts, settings.Training, random, progress);
        BackboneFolder.Save(folder, backbone);
    }

    // Through the folder's own files, so that the decoder learns exactly what it will be given later.
    private static List<int[]> Encode(string folder, PlantedWorld world, DemoBackboneSettings settings, int seed)
    {
        var encoder = new ConversationEncoder(ChatTemplate.Load(folder), Tokenizer.Load(folder), new EncodingOptions());
        var count = settings.Training.Steps * settings.Training.BatchTexts;
        return [.. world.Conversations(count, new Random(seed)).Select((turns, index) =>
            encoder.Encode([turns[0]], [turns[1]], $"conversation {index}")!.Ids)];
    }

    private static void Write(string path, JsonObject content) => File.WriteAllText(path, content.ToJsonString(Json) + "\n");
}
