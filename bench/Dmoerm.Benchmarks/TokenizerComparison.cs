using System.Diagnostics;
using System.Globalization;
using Dmoerm.Benchmarks.Parity;
using Dmoerm.Conversations.Tokenizers;
using Rust = Tokenizers.DotNet.Tokenizer;

namespace Dmoerm.Benchmarks;

/// <summary>Our tokenizers beside Hugging Face's own library, called from the same process: ids of real texts, time for them, and time for texts that are made to be slow.</summary>
/// <remarks>Passes take turns, so that both see the same machine; a ratio above 1 says that ours is faster.</remarks>
internal static class TokenizerComparison
{
    private const int Passes = 5, MostTexts = 2_000, Short = 100_000, Long = 400_000;
    private static readonly string[] Sides = ["chosen", "rejected"];
    private static readonly (string Name, string Part)[] Slow = [("one letter", "a"), ("blanks", " "), ("digits", "7"), ("an emoji", "\U0001F642"), ("line ends", "\n")];

    /// <summary>Runs the comparison.</summary>
    /// <returns>0 where all ids are equal.</returns>
    public static int Run()
    {
        var families = TokenizerRows.Files();
        if (families.Count == 0 || Texts() is not { Length: > 0 } texts)
        {
            Console.Error.WriteLine("Needs references/tokenizers, models and data of the shared folder (DMOERM_SHARED).");
            return 2;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{texts.Length} texts, {texts.Sum(text => (long)text.Length)} characters; MB/s by characters, medians of {Passes} passes in turns; one thread."));
        Console.WriteLine("family | differing | first pass: ours, library | later: ours, library | ratio first | ratio later");
        var differing = families.Sum(family => ReferenceFolders.WithFile("tokenizer.json", family.Json, folder => Compare(family.Name, folder, texts)));
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Milliseconds for a text of {Short} and of {Long} signs: ours; library's of {Short}."));
        foreach (var family in families)
        {
            Console.WriteLine($"{family.Name} | {ReferenceFolders.WithFile("tokenizer.json", family.Json, Hostile)}");
        }

        return differing == 0 ? 0 : 1;
    }

    private static int Compare(string name, string folder, string[] texts)
    {
        var (ours, library) = (Tokenizer.Load(folder), new Rust(Path.Combine(folder, "tokenizer.json")));
        var size = texts.Sum(text => (double)text.Length) / 1e6;
        var (first, firstLibrary) = (Pass(texts, text => Ours(ours, text)), Pass(texts, text => library.Encode(text)));
        var later = Enumerable.Range(0, Passes).Select(_ => (Ours: Pass(texts, text => Ours(ours, text)), Library: Pass(texts, text => library.Encode(text)))).ToArray();
        var differing = texts.Count(text => !Ours(ours, text).SequenceEqual(library.Encode(text).Select(id => (int)id)));
        var (own, theirs) = (Median(later.Select(pass => pass.Ours)), Median(later.Select(pass => pass.Library)));
        var ratio = Median(later.Select(pass => pass.Library / pass.Ours));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} | {differing} | {size / first:0.0}, {size / firstLibrary:0.0} | {size / own:0.0}, {size / theirs:0.0} | {firstLibrary / first:0.00} | {ratio:0.00}"));
        return differing;
    }

    private static string Hostile(string folder)
    {
        var (ours, library) = (Tokenizer.Load(folder), new Rust(Path.Combine(folder, "tokenizer.json")));
        Ours(ours, "warm");
        return string.Join("; ", Slow.Select(text =>
        {
            var (small, large) = (string.Concat(Enumerable.Repeat(text.Part, Short)), string.Concat(Enumerable.Repeat(text.Part, Long)));
            return string.Create(CultureInfo.InvariantCulture, $"{text.Name} {1e3 * Pass([small], each => Ours(ours, each)):0}, {1e3 * Pass([large], each => Ours(ours, each)):0}; {1e3 * Pass([small], each => library.Encode(each)):0}");
        }));
    }

    private static int[] Ours(Tokenizer tokenizer, string text) => tokenizer.Encode(text, AddedParts.SpecialTokens);

    private static double Pass(string[] texts, Action<string> encode)
    {
        var clock = Stopwatch.StartNew();
        foreach (var text in texts)
        {
            encode(text);
        }

        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Passes / 2);

    private static string[]? Texts() => ReferenceFolders.Shared("data", "assistant", "dev.jsonl.gz") is { } path
        ? [.. ReferenceFolders.ReadLines(path).SelectMany(row => Sides.Select(side => row.GetProperty(side).GetString()!)).Distinct().Take(MostTexts)]
        : null;
}
