using System.Text;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Tests.Conversations.Tokenizers;

public sealed class UnicodeFormTests
{
    private static readonly Dictionary<string, NormalizationForm> Forms = new()
    {
        ["NFC"] = NormalizationForm.FormC,
        ["NFD"] = NormalizationForm.FormD,
        ["NFKC"] = NormalizationForm.FormKC,
        ["NFKD"] = NormalizationForm.FormKD,
    };

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_EveryKnownCharacter_EqualsIcu(string name)
    {
        Assert.SkipWhen("é".Normalize(NormalizationForm.FormD).Length == 1, "Needs ICU, which this process runs without.");
        var (form, count) = (UnicodeForm.Named(name)!, 0);
        var characters = Decompositions.Table.Composite(compatible: true).Concat(Decompositions.Table.Joining).Concat(Enumerable.Range(0xAC00, 11172)).Distinct();
        foreach (var text in characters.Select(character => new Rune(character).ToString()))
        {
            Assert.Equal(text.Normalize(Forms[name]), form.Apply(text));
            count++;
        }

        Assert.Equal(17_727, count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_RandomTexts_EqualsIcu(string name)
    {
        Assert.SkipWhen("é".Normalize(NormalizationForm.FormD).Length == 1, "Needs ICU, which this process runs without.");
        var random = new Random(7);
        int[] characters = [.. Decompositions.Table.Composite(compatible: true), .. Decompositions.Table.Joining, .. Enumerable.Range(0x1100, 256), .. Enumerable.Range(0xAC00, 400), .. Enumerable.Range('a', 26)];
        for (var i = 0; i < 5_000; i++)
        {
            // Marks behind letters are what ordering and composing are about.
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => new Rune(random.Next(2) == 0 ? random.Next(0x300, 0x370) : characters[random.Next(characters.Length)])));
            Assert.Equal(text.Normalize(Forms[name]), UnicodeForm.Named(name)!.Apply(text));
        }
    }

    [Theory]
    [InlineData("NFC", "e\u0301", "\u00e9")]
    [InlineData("NFC", "\u1100\u1161\u11a8", "\uac01")]
    [InlineData("NFC", "\u212b\u0958", "\u00c5\u0915\u093c")]
    [InlineData("NFD", "\uac01\u1ea5", "\u1100\u1161\u11a8a\u0302\u0301")]
    [InlineData("NFKC", "\ufb01\u00b2\u2460", "fi21")]
    [InlineData("NFKD", "\u1e9b\u0323", "s\u0323\u0307")]
    public void Apply_ByHand_GivesTheForm(string name, string text, string form) => Assert.Equal(form, UnicodeForm.Named(name)!.Apply(text));

    [Theory]
    [InlineData("\u32FF")]
    [InlineData("\U0001F16C")]
    [InlineData("\U0001FBF1")]
    [InlineData("a\u0301\u07FD")]
    public void Apply_CharacterAfterUnicode9_StaysWhereAndAsItIs(string text) => Assert.Equal(text, UnicodeForm.Named("NFKD")!.Apply(text));

    [Fact]
    public void Apply_TextInItsForm_IsNotCopied()
    {
        var text = "Grüße, 你好 각";
        Assert.Same(text, UnicodeForm.Named("NFC")!.Apply(text));
    }
}
