using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

public sealed class HubSettingsTests
{
    [Theory]
    [InlineData("", "/home/me/.cache/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("XDG_CACHE_HOME=/x;HF_HOME=/h", "/h/hub")]
    [InlineData("HF_HOME=~/h", "/home/me/h/hub")]
    [InlineData("HF_HOME=$BASE/h;BASE=/b", "/b/h/hub")]
    [InlineData("HF_HOME=/h;HUGGINGFACE_HUB_CACHE=/old", "/old")]
    [InlineData("HF_HOME=/h;HUGGINGFACE_HUB_CACHE=/old;HF_HUB_CACHE=${HOME}/c", "/home/me/c")]
    public void Cache_IsWherePythonKeepsIt(string variables, string expected) => Assert.Equal(expected, Read(variables).Cache);

    [Fact]
    public void Endpoint_IsTheHubUnlessNamed()
    {
        Assert.Equal("https://huggingface.co", Read("").Endpoint);
        Assert.Equal("http://mirror:8080/hub", Read("HF_ENDPOINT=http://mirror:8080/hub/").Endpoint);
        Assert.Contains("HF_ENDPOINT", Assert.Throws<InvalidDataException>(() => Read("HF_ENDPOINT=mirror")).Message);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=yes", true)]
    [InlineData("TRANSFORMERS_OFFLINE=True", true)]
    public void Offline_IsReadAsPythonReadsIt(string variables, bool expected) => Assert.Equal(expected, Read(variables).Offline);

    [Fact]
    public void Token_OfVariableOrFile_IsNeverShown()
    {
        var folder = TestFolders.Temporary();
        try
        {
            File.WriteAllText(Path.Combine(folder, "token"), "hf_secret\n");
            HubSettings[] settings = [Read("HF_TOKEN=hf_secret"), Read($"HF_HOME={folder}"), Read($"HF_TOKEN_PATH={Path.Combine(folder, "token")}")];
            Assert.All(settings, one =>
            {
                Assert.NotNull(one.Token);
                Assert.DoesNotContain("hf_secret", $"{one} {one.Token}");
            });
            Assert.Null(Read($"HF_HOME={folder};HF_HUB_DISABLE_IMPLICIT_TOKEN=1").Token);
            Assert.Null(Read("HF_HOME=/nowhere").Token);
            var wrong = Assert.Throws<InvalidDataException>(() => Read("HF_TOKEN=hf_sec ret"));
            Assert.Contains("HF_TOKEN", wrong.Message);
            Assert.DoesNotContain("hf_sec", wrong.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static HubSettings Read(string variables)
    {
        var values = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        values.TryAdd("HOME", "/home/me");
        return HubSettings.FromEnvironment(values.GetValueOrDefault);
    }
}
