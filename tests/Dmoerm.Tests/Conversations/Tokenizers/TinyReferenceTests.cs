namespace Dmoerm.Tests.Conversations.Tokenizers;

public sealed class TinyReferenceTests(ITestOutputHelper output)
{
    // These are for encoders of another kind, and refused.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["norm-bert"] = "field 'normalizer': the type 'BertNormalizer' is not supported",
        ["norm-bert-cased"] = "field 'normalizer': the type 'BertNormalizer' is not supported",
        ["norm-nmt"] = "field 'normalizer': the type 'Nmt' is not supported",
        ["unigram"] = "field 'model': the type 'Unigram' is not supported",
        ["wordpiece"] = "field 'normalizer': the type 'BertNormalizer' is not supported",
    };

    public static TheoryData<string> Compared => [.. TokenizerReferences.Tiny.Keys.Where(name => !Refused.ContainsKey(name))];

    public static TheoryData<string> NotCompared => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(Compared))]
    public void Encode_TinyReference_EqualsTokenizers(string name)
    {
        var rows = TokenizerReferences.Tiny[name].GetProperty("expected").EnumerateArray().ToArray();
        var count = TokenizerReferences.Compare(TokenizerReferences.LoadTiny(name), TokenizerReferences.TinyStrings, rows);

        Assert.Equal(224, count);
        output.WriteLine($"{name}: {count} strings");
    }

    [Fact]
    public void References_AreAllComparedOrRefused() => Assert.Equal((42, 5, 47), (Compared.Count, NotCompared.Count, TokenizerReferences.Tiny.Count));

    [Theory]
    [MemberData(nameof(NotCompared))]
    public void Load_EncoderModelsPart_IsRefusedByName(string name) =>
        Assert.Contains(Refused[name], Assert.Throws<InvalidDataException>(() => TokenizerReferences.LoadTiny(name)).Message);
}
