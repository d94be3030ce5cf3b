using Dmoerm.Backbones;
using Dmoerm.Cli.Demo;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Demo;

public sealed class DemoBackboneTests : IDisposable
{
    private static readonly PlantedWorld World = PlantedWorld.Grow(new WorldSettings { TrainingPrompts = 20, PreferencePrompts = 10, ValidationPrompts = 5, TestPrompts = 5 }, new Random(3));

    private static readonly DemoBackboneSettings Tiny = new()
    {
        HiddenSize = 16,
        IntermediateSize = 24,
        NumLayers = 2,
        NumHeads = 2,
        Training = new LanguageModelSettings { Steps = 3, BatchTexts = 4 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("dmoerm-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_Folder_LoadsLikeAnyOther()
    {
        using var scope = NewDisposeScope();
        List<double> losses = [];
        DemoBackbone.Train(_folder, World, Tiny, seed: 1, step => losses.Add(step.Loss));
        Assert.Equal(3, losses.Count);

        using var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32);
        var encoder = new ConversationEncoder(ChatTemplate.Load(_folder), Tokenizer.Load(_folder), new EncodingOptions());
        Assert.Equal(Tokenizer.Load(_folder).VocabularySize, checkpoint.Backbone.Config.VocabularySize);

        // The same run without the folder.
        List<double> again = [];
        using var random = new Generator(1);
        var texts = World.Conversations(12, new Random(1)).Select(turns => encoder.Encode([turns[0]], [turns[1]], "")!.Ids).ToArray();
        using var trained = LanguageModelTraining.Train(checkpoint.Backbone.Config, texts, Tiny.Training, random, step => again.Add(step.Loss));
        var ids_BT = tensor(texts[0].Select(id => (long)id).ToArray()).unsqueeze(0);
        Assert.Equal(losses, again);
        Assert.Equal(trained.Hidden(ids_BT).data<float>().ToArray(), checkpoint.Backbone.Hidden(ids_BT).data<float>().ToArray());
    }

    [Fact]
    public void Tokenizer_EveryWordOfTheWorld_IsOneToken()
    {
        DemoBackbone.Train(_folder, World, Tiny, seed: 1);
        var tokenizer = Tokenizer.Load(_folder);
        var template = ChatTemplate.Load(_folder);
        var examples = World.Categories.SelectMany(category => category.Training).ToArray();
        Assert.Equal(60, examples.Length);
        foreach (var example in examples)
        {
            IReadOnlyList<Message> turns = [.. example.Prompt, .. example.Responses[0].Messages];
            var text = template.Render(turns);
            var ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids));
            // A turn is its words and marks between <|im_start|>, role, newline and <|im_end|>, newline.
            Assert.Equal(turns.Sum(turn => Wording.Pieces(turn.Content).Count() + 5), ids.Length);
        }
    }

    [Fact]
    public void Tokenizer_TextFromOutsideTheWorld_IsKeptByteByByte()
    {
        DemoBackbone.Train(_folder, World, Tiny, seed: 1);
        var tokenizer = Tokenizer.Load(_folder);
        const string Text = "Zebras \u00fcber 3 \u4e16\u754c!\n\tfox";
        Assert.Equal(Text, tokenizer.Decode(tokenizer.Encode(Text)));
    }
}
