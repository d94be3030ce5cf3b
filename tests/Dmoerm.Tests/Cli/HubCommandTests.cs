using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Tests.Artefacts;
using Dmoerm.Tests.Hub;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>The real command with a hub on this machine, which the environment names as it does for users.</summary>
public sealed class HubCommandTests : IDisposable
{
    private readonly HubServer _server = new();

    private readonly string _folder = TestFolders.Temporary();

    private readonly string _before = System.Environment.CurrentDirectory;

    private readonly Dictionary<string, string?> _variables = [];

    public HubCommandTests()
    {
        System.Environment.CurrentDirectory = _folder;
        foreach (var (name, value) in Environment())
        {
            Set(name, value);
        }
    }

    public void Dispose()
    {
        System.Environment.CurrentDirectory = _before;
        foreach (var (name, value) in _variables)
        {
            System.Environment.SetEnvironmentVariable(name, value);
        }

        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Inspect_ModelByName_DownloadsItOnce()
    {
        _server.WithFolder(PlantedFiles.Backbone);

        var (code, output, error) = Run("inspect", "org/name", "--json");

        Assert.True(code == 0, error);
        Assert.Equal("Hugging Face folder", JsonElement.Parse(output).GetProperty("kind").GetString());
        var bytes = new FileInfo(Path.Combine(PlantedFiles.Backbone, "model.safetensors")).Length;
        Assert.Equal(bytes, JsonElement.Parse(output).GetProperty("weights").GetProperty("bytes").GetInt64());
        Assert.Contains("downloading org/name", error);
        Assert.True(File.Exists(Path.Combine(_folder, "cache", "models--org--name", "refs", "main")));

        Set("HF_HUB_OFFLINE", "1");
        var offline = Run("inspect", "org/name", "--json");
        Assert.Equal(output, offline.Out);
        Assert.Empty(offline.Error);
        Assert.Single(_server.Requests, request => request.Contains("/api/", StringComparison.Ordinal));
    }

    [Fact]
    public void Check_DataByName_ReadsThem()
    {
        new PlantedFiles(_folder).Write(prompts: 5);
        _server.With("train.jsonl", File.ReadAllBytes(Path.Combine(_folder, "story.jsonl"))).With("test.jsonl", File.ReadAllBytes(Path.Combine(_folder, "advice.jsonl"))).With("README.md", "");

        var several = Run("data", "check", "org/name");
        Assert.Equal(1, several.Code);
        Assert.Contains("org/name:default/train, org/name:default/test", several.Error);

        var (code, output, error) = Run("data", "check", "org/name:train", "--against", "org/name:test", "--json");
        Assert.True(code == 0, error);
        Assert.Equal([5, 5], JsonElement.Parse(output).GetProperty("files").EnumerateArray().Select(file => file.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public void LocalFile_OfTheName_Wins_AndAnAbsentOneIsSaid()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "org"));
        new PlantedFiles(_folder).Write(prompts: 5);
        File.Copy(Path.Combine(_folder, "story.jsonl"), Path.Combine(_folder, "org", "name"));

        var local = Run("data", "check", "org/name");
        Assert.True(local.Code == 0, local.Error);
        Assert.Empty(_server.Requests);

        _server.Before = context => HubServer.Refuse(context, 404, "RepoNotFound");
        var absent = Run("data", "check", "org/other");
        Assert.Contains("error: org/other: neither a local file, nor a dataset", absent.Error);
        Assert.Equal(1, absent.Code);
        Assert.DoesNotContain("   at ", absent.Error);
        Assert.Equal(2, (Run("data", "check", "org/other.jsonl")).Code);
    }

    [Fact]
    public void Score_ModelOfOursByName_GivesItsRewards()
    {
        var model = TinyArtefact.Write(_folder);
        _server.WithFolder(model).With(".gitattributes", "x");
        File.WriteAllText("rows.jsonl", "{\"prompt\": \"What?\", \"response\": \"That.\"}\n{\"prompt\": \"What?\", \"responses\": [{\"text\": \"This.\", \"score\": 1}, {\"text\": \"That.\", \"score\": 0}]}\n");

        var local = Run("score", model, "--input", "rows.jsonl");
        var byName = Run("score", "org/name", "--input", "rows.jsonl");

        Assert.True(byName.Code == 0, byName.Error);
        Assert.Equal(local.Out, byName.Out);
        var verified = Run("inspect", "org/name", "--verify");
        Assert.True(verified.Code == 0, verified.Out + verified.Error);
    }

    [Fact]
    public void Eval_AllByName_GivesTheFiguresOfTheFiles()
    {
        var model = TinyArtefact.Write(_folder);
        new PlantedFiles(_folder).Write(prompts: 5);
        _server.WithFolder(model).With("data.csv/train.jsonl", File.ReadAllBytes(Path.Combine(_folder, "fact.jsonl")));

        var local = Run("eval", model, "--data", "fact.jsonl", "--json", "--category", "stories");
        var byName = Run("eval", "org/name", "--data", "org/name:train", "--json", "--category", "stories");

        Assert.True(byName.Code == 0, byName.Error);
        Assert.Equal(local.Out, byName.Out);
    }

    [Fact]
    public void Eval_BenchmarkByName_GivesTheFiguresOfTheFile()
    {
        var model = TinyArtefact.Write(_folder);
        const string Rows = """{"scenario":"s","label":0,"prompt":"p","response 1":"one","response 2":"two"}""";
        File.WriteAllText("rows.jsonl", Rows);
        _server.With("test.jsonl", Rows);

        var local = Run("eval", model, "--benchmark", "auto-j=rows.jsonl", "--json");
        var byName = Run("eval", model, "--benchmark", "auto-j=org/name:test", "--json");

        Assert.True(byName.Code == 0, byName.Error);
        Assert.Equal(local.Out, byName.Out);
    }

    [Fact]
    public void Token_IsSentAndNeverPrinted()
    {
        _server.Before = context => HubServer.Refuse(context, 401);

        var (code, output, error) = Run("inspect", "org/name");

        Assert.Equal(1, code);
        Assert.Equal((false, "Bearer hf_secret"), Assert.Single(_server.Tokens));
        Assert.DoesNotContain("hf_secret", output + error);
        Assert.Contains("HF_TOKEN", error);
    }

    [Fact]
    public async Task Interrupt_KeepsThePart_AndTheSameCommandGoesOn()
    {
        _server.WithFolder(PlantedFiles.Backbone);
        using var stopped = new SemaphoreSlim(0);
        var slow = true;
        Process? process = null;
        var weights = File.ReadAllBytes(Path.Combine(PlantedFiles.Backbone, "model.safetensors"));
        var hash = HubServer.HashOf(weights);
        _server.Breaks.Enqueue(int.MaxValue);
        _server.Before = context =>
        {
            if (!slow || context.Request.HttpMethod != "GET" || !context.Request.RawUrl!.EndsWith("model.safetensors", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentLength64 = weights.Length;
            context.Response.OutputStream.Write(weights, 0, 10_000);
            context.Response.OutputStream.Flush();
            while (!File.Exists(Partial()) || new FileInfo(Partial()).Length < 10_000)
            {
                Thread.Sleep(5);
            }

            DmoermProcess.Interrupt(process!);
            stopped.Wait(TimeSpan.FromMinutes(1));
            context.Response.Abort();
            return true;
        };
        using (process = DmoermProcess.Start("inspect", "org/name"))
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            stopped.Release();
            Assert.Equal(1, process.ExitCode);
            Assert.Contains("stopped", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(weights[..10_000], await File.ReadAllBytesAsync(Partial(), TestContext.Current.CancellationToken));
        slow = false;
        var again = Run("inspect", "org/name");
        Assert.True(again.Code == 0, again.Error);
        Assert.Contains(_server.Requests, request => request.Contains("bytes=10000-", StringComparison.Ordinal));

        string Partial() => Path.Combine(_folder, "cache", "models--org--name", "blobs", hash + ".incomplete");
    }

    [Fact]
    public async Task Init_ByName_DraftsARecipeOfNames()
    {
        new PlantedFiles(_folder).Write(prompts: 28);
        _server.WithFolder(PlantedFiles.Backbone).With("data/train-00000-of-00001.jsonl", File.ReadAllBytes(Path.Combine(_folder, "fact.jsonl")));

        var (code, output, error) = Run("init", "org/name:train", "--backbone", "org/name");

        Assert.True(code == 0, error);
        var text = await File.ReadAllTextAsync(Path.Combine(_folder, "name.recipe.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"folder\": \"org/name\"", text);
        Assert.Contains("\"data\": [\"org/name:train\"]", text);
        Assert.Contains("dmoerm train name.recipe.json", output);
    }

    [Fact]
    public async Task Train_ByName_NotesTheCommit_AndGoesByIt()
    {
        new PlantedFiles(_folder).Write(prompts: 12, recipe =>
        {
            TrainedRun.Shorten(recipe);
            recipe["categories"]!.AsObject().Remove("advice");
            recipe["categories"]!.AsObject().Remove("fact");
            recipe["categories"]!["story"]!["data"] = new JsonArray("org/name:train");
            recipe["backbone"]!["folder"] = "org/name";
        });
        _server.WithFolder(PlantedFiles.Backbone).With("data/train-00000-of-00001.jsonl", File.ReadAllBytes(Path.Combine(_folder, "story.jsonl")));

        var (code, _, error) = Run("train", "recipe.json", "--out", "run");

        Assert.True(code == 0, error);
        var run = Path.Combine(_folder, "run");
        var record = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(run, "run.json"), TestContext.Current.CancellationToken));
        Assert.All(record.GetProperty("hub").EnumerateArray(), source => Assert.Equal(HubServer.Commit, source.GetProperty("commit").GetString()));
        Assert.Equal(["org/name", "org/name:train"], record.GetProperty("hub").EnumerateArray().Select(source => source.GetProperty("name").GetString()));
        var card = await File.ReadAllTextAsync(Path.Combine(run, "model", "README.md"), TestContext.Current.CancellationToken);
        Assert.Contains($"- Backbone: org/name@{HubServer.Commit}.", card);
        Assert.Contains($"- Data: org/name@{HubServer.Commit}:train.", card);
        Assert.Contains($"org/name@{HubServer.Commit}:train", await File.ReadAllTextAsync(Path.Combine(run, "model", "recipe.json"), TestContext.Current.CancellationToken));

        // The hub moves on; the run stays what it was, and asks nobody.
        _server.Requests.Clear();
        _server.Before = context => HubServer.Refuse(context, 404);
        Assert.Equal(0, (Run("train", "recipe.json", "--out", "run")).Code);
        Assert.Empty(_server.Requests);
        _server.Before = null;
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["HF_ENDPOINT"] = _server.Endpoint,
        ["HF_HUB_CACHE"] = Path.Combine(_folder, "cache"),
        ["HF_TOKEN"] = "hf_secret",
        ["HF_HUB_OFFLINE"] = "0",
    };

    // Tests do not run side by side, so the process's own variables are this test's.
    private void Set(string name, string value)
    {
        _variables.TryAdd(name, System.Environment.GetEnvironmentVariable(name));
        System.Environment.SetEnvironmentVariable(name, value);
    }

    private static (int Code, string Out, string Error) Run(params string[] arguments)
    {
        var streams = new CapturedStreams();
        var code = streams.Run(arguments);
        return (code, streams.Out, streams.Error);
    }
}
