using System.Text.Json;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>A model that the command line has trained once on planted files, for the classes that look at it.</summary>
public sealed class PlantedModel : IAsyncLifetime
{
    public string Folder { get; } = TestFolders.Temporary();

    /// <summary>The run's folder.</summary>
    public string Run => Path.Combine(Folder, "run");

    public string Model => Path.Combine(Run, "model");

    internal PlantedFiles Files => new(Folder);

    internal string Recipe { get; private set; } = "";

    /// <summary>What <c>train --json</c> printed.</summary>
    public JsonElement Report { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Recipe = Files.Write();
        var (code, output, error) = await DmoermProcess.Run("", "train", Recipe, "--out", Run, "--json");
        Assert.True(code == 0, error);
        Report = JsonElement.Parse(output);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Classes that share one <see cref="PlantedModel"/>.</summary>
[CollectionDefinition(Name)]
public sealed class PlantedModels : ICollectionFixture<PlantedModel>
{
    public const string Name = "planted model";
}
