using System.Net;
using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

public sealed class HubRefusalTests : IDisposable
{
    private readonly HubFolder _hub = new();

    public HubRefusalTests() => _hub.Server.With("config.json", "{}").With("model.safetensors", "weights");

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(401, null, "HF_TOKEN")]
    [InlineData(401, "GatedRepo", "accept its licence")]
    [InlineData(403, "GatedRepo", "accept its licence")]
    [InlineData(403, null, "private or gated")]
    public void Server_ThatRefuses_IsExplained(int status, string? code, string expected)
    {
        _hub.Server.Before = context => HubServer.Refuse(context, status, code);

        var error = Assert.Throws<UnauthorizedAccessException>(() => _hub.Model("org/name", settings => settings with { Token = new HubToken("hf_secret", "test") }));

        Assert.Contains(expected, error.Message);
        Assert.Contains($"{status}", error.Message);
        Assert.DoesNotContain("hf_secret", error.ToString());
        Assert.Single(_hub.Server.Requests);
        Assert.False(Directory.Exists(_hub.Repository));
    }

    [Theory]
    [InlineData("RepoNotFound", "neither a local folder, nor a model")]
    [InlineData("RevisionNotFound", "no revision 'v9'")]
    public void Server_ThatHasItNot_IsExplained(string code, string expected)
    {
        _hub.Server.Before = context => HubServer.Refuse(context, 404, code);

        Assert.Contains(expected, Assert.Throws<IOException>(() => _hub.Model("org/name@v9")).Message);
    }

    [Theory]
    [InlineData("""[{"rfilename": null}]""", "is no listing of a repository")]
    [InlineData("""[{"rfilename": "\ud800"}]""", "is no listing of a repository")]
    [InlineData("""[{"rfilename": "config.json", "size": 9223372036854775807}, {"rfilename": "model.safetensors", "size": 9223372036854775807}]""", null)]
    [InlineData("""[{"rfilename": "config.json", "size": -1}, {"rfilename": "model.safetensors", "size": -1}]""", null)]
    public void Listing_ThatCannotBe_IsRefusedOrDescribedAnew(string siblings, string? expected)
    {
        _hub.Server.Before = context =>
        {
            if (!context.Request.RawUrl!.StartsWith("/api/", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.OutputStream.Write(System.Text.Encoding.UTF8.GetBytes($$"""{"sha": "{{HubServer.Commit}}", "siblings": {{siblings}}}"""));
            context.Response.Close();
            return true;
        };

        if (expected is null)
        {
            Assert.Equal(2, _hub.Model().Paths.Count);
        }
        else
        {
            Assert.Contains(expected, Assert.Throws<IOException>(() => _hub.Model()).Message);
        }
    }

    [Fact]
    public void Redirect_ToNoAddress_IsRefused()
    {
        _hub.Server.Before = context =>
        {
            context.Response.Headers["Location"] = "//:99999/x";
            return HubServer.Refuse(context, 302);
        };

        var message = Assert.Throws<IOException>(() => _hub.Model()).Message;
        Assert.StartsWith("org/name: ", message, StringComparison.Ordinal);
        Assert.Contains("which is no address", message);
    }

    [Fact]
    public void Listing_ThatLiesElsewhere_SaysWhatToSet()
    {
        _hub.Server.Before = context =>
        {
            context.Response.Headers["Location"] = "https://hub.example/api/models/org/name";
            return HubServer.Refuse(context, 301);
        };

        var message = Assert.Throws<IOException>(() => _hub.Model()).Message;
        Assert.StartsWith("org/name: ", message, StringComparison.Ordinal);
        Assert.Contains("https://hub.example: name the address that answers in HF_ENDPOINT", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("blobs")]
    public void Cache_WithALinkOut_IsNotWrittenThrough(string below)
    {
        var outside = TestFolders.Temporary();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_hub.Repository, "x"))!);
            if (below.Length == 0)
            {
                Directory.Delete(_hub.Repository);
            }

            File.CreateSymbolicLink(Path.TrimEndingDirectorySeparator(Path.Combine(_hub.Repository, below)), outside);
            Assert.Contains("a link that leads out of the cache", Assert.Throws<InvalidDataException>(() => _hub.Model()).Message);
            Assert.Empty(Directory.GetFileSystemEntries(outside));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void File_ThatIsListedAndNotThere_IsNamed()
    {
        _hub.Server.MoreNames.Add("tokenizer.json");

        Assert.Contains("file tokenizer.json", Assert.Throws<IOException>(() => _hub.Model()).Message);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public void Server_ThatIsBusy_IsAskedAgain(int status)
    {
        var left = 3;
        _hub.Server.Before = context => left-- > 0 && HubServer.Refuse(context, status);

        _hub.Model();

        Assert.Equal(3, _hub.Warnings.Count(warning => warning.Contains($"answers {status}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Server_ThatStaysBusy_IsGivenUp()
    {
        _hub.Server.Before = context => HubServer.Refuse(context, 503);

        Assert.Contains("5 attempts", Assert.Throws<IOException>(() => _hub.Model()).Message);
        Assert.Equal(5, _hub.Server.Requests.Count);
    }

    [Fact]
    public void RetryAfter_IsKept_AndTooLongAWaitIsRefused()
    {
        var asked = new List<long>();
        _hub.Server.Before = context =>
        {
            asked.Add(TimeProvider.System.GetTimestamp());
            return asked.Count == 1 && HubServer.Refuse(context, 429, retryAfter: "1");
        };
        _hub.Model();
        Assert.True(TimeProvider.System.GetElapsedTime(asked[0], asked[1]) >= TimeSpan.FromSeconds(0.9));

        _hub.Server.Before = context => HubServer.Refuse(context, 429, retryAfter: "86400");
        Assert.Contains("86400 seconds", Assert.Throws<IOException>(() => _hub.Model()).Message);
    }

    [Fact]
    public void Server_ThatIsNotThere_IsNamedWithTheWayOut()
    {
        var error = Assert.Throws<IOException>(() => _hub.Model("org/name", settings => settings with { Endpoint = "http://127.0.0.1:1" }));

        Assert.Contains("127.0.0.1", error.Message);
        Assert.Contains("HF_HUB_OFFLINE", error.Message);
    }

    [Fact]
    public void Server_ThatGoesSilent_IsGivenUp()
    {
        _hub.Server.Before = _ => true;

        var error = Assert.Throws<IOException>(() => _hub.Model("org/name", settings => settings with { Silence = TimeSpan.FromMilliseconds(30), Attempts = 2 }));

        Assert.Contains("nothing came", error.Message);
    }

    [Theory]
    [InlineData("../evil.json")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.json")]
    [InlineData("a\\b.json")]
    [InlineData("C:x.json")]
    [InlineData("a//b.json")]
    public void Listing_ThatLeavesTheFolder_IsRefused(string name)
    {
        _hub.Server.MoreNames.Add(name);

        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => _hub.Model()).Message);
        Assert.Single(_hub.Server.Requests);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"sha\": \"x\", \"siblings\": []}")]
    public void Listing_ThatIsNone_IsRefused(string text)
    {
        _hub.Server.Before = context =>
        {
            context.Response.OutputStream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            context.Response.Close();
            return true;
        };

        Assert.Contains(_hub.Server.Endpoint, Assert.Throws<IOException>(() => _hub.Model()).Message);
    }

    [Fact]
    public void Pickle_Alone_IsRefusedBeforeAnythingIsDownloaded()
    {
        using var hub = new HubFolder();
        hub.Server.With("config.json", "{}").With("pytorch_model.bin", "pickle");

        var error = Assert.Throws<InvalidDataException>(() => hub.Model());

        Assert.Contains("pytorch_model.bin", error.Message);
        Assert.Contains("run code", error.Message);
        Assert.Single(hub.Server.Requests);
    }

    [Fact]
    public void Repository_OfSomethingElse_IsRefused()
    {
        using var hub = new HubFolder();
        hub.Server.With("weights.safetensors", "x").With("README.md", "x");

        Assert.Contains("config.json", Assert.Throws<InvalidDataException>(() => hub.Model()).Message);
    }

    [Fact]
    public void Link_OutOfTheCache_IsRefused()
    {
        var snapshot = _hub.Model().Folder;
        var outside = TestFolders.Temporary();
        try
        {
            File.WriteAllText(Path.Combine(outside, "config.json"), "{}");
            File.Delete(Path.Combine(snapshot, "config.json"));
            File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"), Path.Combine(outside, "config.json"));
            Assert.Contains("out of the cache", Assert.Throws<InvalidDataException>(() => _hub.Model()).Message);

            Directory.Delete(_hub.Repository, recursive: true);
            Directory.CreateSymbolicLink(_hub.Repository, outside);
            Assert.Contains("out of the cache", Assert.Throws<InvalidDataException>(() => _hub.Model()).Message);
        }
        finally
        {
            Directory.Delete(_hub.Repository);
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Redirect_OnTheHubItself_IsFollowed_AndOneToAnotherSchemeRefused()
    {
        _hub.Server.Describes = false;
        _hub.Server.Before = context =>
        {
            if (!context.Request.RawUrl!.StartsWith("/org/name/", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
            context.Response.Headers["Location"] = context.Request.RawUrl.Replace("/org/name/", "/org/renamed/", StringComparison.Ordinal);
            context.Response.Close();
            return true;
        };
        Assert.Equal(2, _hub.Model().Paths.Count);

        Directory.Delete(_hub.Repository, recursive: true);
        _hub.Server.Before = context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers["Location"] = "file:///etc/passwd";
            context.Response.Close();
            return true;
        };
        var message = Assert.Throws<IOException>(() => _hub.Model()).Message;
        Assert.StartsWith("org/name: ", message, StringComparison.Ordinal);
        Assert.Contains("refused", message);
    }
}
