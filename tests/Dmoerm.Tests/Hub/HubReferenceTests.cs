using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

public sealed class HubReferenceTests
{
    [Theory]
    [InlineData("org/name", "org/name", null, null)]
    [InlineData("HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-135M-Instruct", null, null)]
    [InlineData("org/name@v1.0", "org/name", "v1.0", null)]
    [InlineData("org/name@refs/pr/1", "org/name", "refs/pr/1", null)]
    [InlineData("org/na.me_2:default/train", "org/na.me_2", null, "default/train")]
    [InlineData("org/name@main:a b/test", "org/name", "main", "a b/test")]
    [InlineData("org/name:train", "org/name", null, "train")]
    [InlineData("org/name.json@main", "org/name.json", "main", null)]
    public void Data_Name_IsRead(string text, string id, string? revision, string? part)
    {
        var reference = HubReference.Data(text)!;

        Assert.Equal((id, revision, part), (reference.Id, reference.Revision, reference.Part));
        Assert.Equal(text, $"{reference}");
    }

    [Theory]
    [InlineData("name")]
    [InlineData("a/b/c")]
    [InlineData("/org/name")]
    [InlineData("./name")]
    [InlineData("../name")]
    [InlineData("org/..")]
    [InlineData("org/name/")]
    [InlineData("org/na--me")]
    [InlineData("org/name@")]
    [InlineData("org/name@../x")]
    [InlineData("org/name@a/../b")]
    [InlineData("org/name@a/.b")]
    [InlineData("org/name:")]
    [InlineData("org/name:a:b")]
    [InlineData("org\\name")]
    [InlineData("org/name\n")]
    [InlineData("data/train.jsonl")]
    [InlineData("data/train.jsonl.gz")]
    [InlineData("data/rows.parquet")]
    public void Data_AnythingElse_IsNoName(string text) => Assert.Null(HubReference.Data(text));

    [Fact]
    public void Model_WithPart_IsNoName() => Assert.Null(HubReference.Model("org/name:default/train"));

    [Theory]
    [InlineData("org/name@0123456789abcdef0123456789abcdef01234567", "org/name@0123456789abcdef0123456789abcdef01234567")]
    [InlineData("org/name@main", "name@main")]
    [InlineData("debug/backbone", "backbone")]
    [InlineData("/somewhere/backbone/", "backbone")]
    public void Shown_Path_IsItsLastName_UnlessItSaysItsCommit(string path, string shown) => Assert.Equal(shown, HubReference.Shown(path));
}
