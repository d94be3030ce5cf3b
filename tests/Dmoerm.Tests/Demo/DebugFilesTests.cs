using Dmoerm.Backbones;
using Dmoerm.Cli.Demo;
using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Phases;

namespace Dmoerm.Tests.Demo;

/// <summary>Holds <c>recipes/debug</c> to what <see cref="DebugFiles"/> makes; with DMOERM_WRITE set, writes it anew.</summary>
public sealed class DebugFilesTests : IDisposable
{
    private static readonly string[] Rows = ["story.jsonl", "advice.jsonl", "fact.jsonl", DebugFiles.Test];
    private static readonly string[] Texts = [.. Rows, "backbone/config.json", "backbone/tokenizer.json", "backbone/tokenizer_config.json"];
    private static readonly string Committed = Path.Combine(TestFolders.Root, "recipes", "debug");

    private readonly string _folder = Directory.CreateTempSubdirectory("dmoerm-debug-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_EqualsTheCommittedFiles()
    {
        if (Environment.GetEnvironmentVariable("DMOERM_WRITE") is not null)
        {
            DebugFiles.Write(Committed);
        }

        DebugFiles.Write(_folder);
        Assert.Equal(Files(_folder), Files(Committed));
        foreach (var file in Texts)
        {
            Assert.Equal(File.ReadAllText(Path.Combine(_folder, file)), File.ReadAllText(Path.Combine(Committed, file)));
        }

        // Weights are bit-equal on one machine only; how well they predict is not so fickle.
        Assert.Equal(Loss(_folder), Loss(Committed), 0.05);
    }

    [Fact]
    public void Committed_Rows_ReadBackAsCategories()
    {
        foreach (var category in CategoryTaste.Conflicting)
        {
            var source = new CategorySource { Capabilities = category.Capabilities.ToDictionary(capability => capability.Name, _ => new CapabilitySource()) };
            var data = CategoryReader.Read(category.Category, source, [Path.Combine(Committed, $"{category.Category}.jsonl")]);
            Assert.Equal((40, 160, 0), (data.Examples.Count, data.Report.Responses, data.Report.MergedResponses));
            var test = CategoryReader.Read(category.Category, source, [Path.Combine(Committed, DebugFiles.Test)]);
            Assert.Equal((10, 2), (test.Examples.Count, test.Report.OtherRows.Count));
        }
    }

    [Fact]
    public void Committed_Files_StaySmall() =>
        Assert.InRange(Directory.EnumerateFiles(Committed, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 600_000);

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);

    private static double Loss(string folder)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = BackboneFolder.Load(Path.Combine(folder, DebugFiles.Backbone), ScalarType.Float32);
        var encoder = new ConversationEncoder(ChatTemplate.Load(Path.Combine(folder, DebugFiles.Backbone)), Tokenizer.Load(Path.Combine(folder, DebugFiles.Backbone)), new EncodingOptions());
        var texts = PreferenceReader.Read(Path.Combine(folder, DebugFiles.Test), null, new CategorySource())
            .Select(example => encoder.Encode(example.Prompt, example.Responses[0].Messages, example.Id)!.Ids);
        return LanguageModelTraining.Loss(checkpoint.Backbone, [.. texts]).item<float>();
    }
}
