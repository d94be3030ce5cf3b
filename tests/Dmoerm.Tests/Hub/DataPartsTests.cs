using Dmoerm.Hub;
using Dmoerm.Hub.Choices;

namespace Dmoerm.Tests.Hub;

public sealed class DataPartsTests
{
    [Theory]
    [InlineData("org/name", "data.csv README.md", "default/train: data.csv")]
    [InlineData("org/name:train", "train.csv test.csv validation.csv", "default/train: train.csv")]
    [InlineData("org/name:default/validation", "train.csv test.csv validation.csv", "default/validation: validation.csv")]
    [InlineData("org/name:validation", "my_train_file.csv dev-1.csv eval.csv", "default/validation: dev-1.csv")]
    [InlineData("org/name:test", "data/training.csv data/eval.csv data/valid.csv", "default/test: data/eval.csv")]
    [InlineData("org/name:train", "data/train/shard_1.jsonl data/train/shard_0.jsonl data/test/shard_0.jsonl", "default/train: data/train/shard_0.jsonl data/train/shard_1.jsonl")]
    [InlineData("org/name:random", "data/train-00000-of-00001.parquet data/random-00001-of-00002.parquet data/random-00000-of-00002.parquet", "default/random: data/random-00000-of-00002.parquet data/random-00001-of-00002.parquet")]
    [InlineData("org/name:train", "a/train.jsonl.gz b/train.jsonl.gz a/test.jsonl.gz b/test.jsonl.gz", "default/train: a/train.jsonl.gz b/train.jsonl.gz")]
    [InlineData("org/name", "testfile.csv trainer.csv", "default/train: testfile.csv trainer.csv")]
    [InlineData("org/name", "rows.json dataset_info.json dataset_infos.json .hidden/x.json __pycache__/y.json", "default/train: rows.json")]
    [InlineData("org/name@refs/convert/parquet:en/test", "en/train/0000.parquet en/test/0000.parquet en/test/0001.parquet de/test/0000.parquet", "en/test: en/test/0000.parquet en/test/0001.parquet")]
    public void Names_SayTheSplit(string name, string files, string expected)
    {
        var part = Choose(name, files);

        Assert.Equal(expected, $"{part}: {string.Join(' ', part.Files)}");
    }

    [Theory]
    [InlineData("data_files: rows.jsonl", "one/train: rows.jsonl")]
    [InlineData("data_files: [a.jsonl, b/c.jsonl]", "one/train: a.jsonl b/c.jsonl")]
    [InlineData("data_files:\n  - split: train\n    path: 'b/*.jsonl'", "one/train: b/c.jsonl b/d.jsonl")]
    [InlineData("data_files:\n  - split: x\n    path: ['**/d.jsonl', ./a.jsonl]", "one/x: b/d.jsonl a.jsonl")]
    [InlineData("data_files: {y: 'b/[!c].jsonl'}", "one/y: b/d.jsonl")]
    [InlineData("data_dir: b\n  data_files: '*.jsonl'", "one/train: b/c.jsonl b/d.jsonl")]
    [InlineData("data_dir: ./b", "one/train: b/c.jsonl b/d.jsonl")]
    public void Card_SaysTheFiles(string config, string expected)
    {
        var part = Choose("org/name", "a.jsonl b/c.jsonl b/d.jsonl rows.jsonl README.md", $"---\nlicense: mit\nconfigs:\n- config_name: one\n  {config}\n---\n# Text\n");

        Assert.Equal(expected, $"{part}: {string.Join(' ', part.Files)}");
    }

    [Fact]
    public void Parts_WithoutAChoice_AreListed()
    {
        const string Card = "---\nconfigs:\n- config_name: en\n  data_files: [{split: train, path: a.csv}, {split: test, path: b.csv}]\n- config_name: de\n  data_files: [{split: train, path: c.csv}]\n---";

        var none = Assert.Throws<InvalidDataException>(() => Choose("org/name@v1", "a.csv b.csv c.csv", Card));
        Assert.Contains("org/name@v1:en/train, org/name@v1:en/test, org/name@v1:de/train", none.Message);
        Assert.Contains("en/test", Assert.Throws<InvalidDataException>(() => Choose("org/name:en", "a.csv b.csv c.csv", Card)).Message);
        Assert.Contains("no config or split 'fr'", Assert.Throws<InvalidDataException>(() => Choose("org/name:fr", "a.csv b.csv c.csv", Card)).Message);
        Assert.Equal("c.csv", Assert.Single(Choose("org/name:de", "a.csv b.csv c.csv", Card).Files));
        Assert.Equal("b.csv", Assert.Single(Choose("org/name:test", "a.csv b.csv c.csv", Card).Files));
    }

    [Theory]
    [InlineData("name.py README.md", "", "name.py")]
    [InlineData("name.py train.csv", "", "scripts are not run")]
    [InlineData("images.zip README.md", "", "images.zip")]
    [InlineData("train.jsonl train.csv", "", "several kinds")]
    [InlineData("data/train-00000-of-00003.parquet data/train-00002-of-00003.parquet", "", "2 of 3 files")]
    [InlineData("a.txt", "data_files: a.txt", "a.txt")]
    [InlineData("a.csv", "data_files: b.csv", "'b.csv'")]
    [InlineData("a.csv", "data_dir: b", "'one'")]
    [InlineData("a.csv", "data_files: ../a.csv", "'../a.csv'")]
    [InlineData("a.csv", "data_files: https://elsewhere/a.csv", "outside the repository")]
    [InlineData("a.csv", "data_files: a.csv\n  sep: ';'", "'sep'")]
    [InlineData("a.csv", "data_files: [{split: x}]", "line 4")]
    [InlineData("a.csv", "data_files: [{split: x, path: a.csv}, {split: x, path: a.csv}]", "twice")]
    [InlineData("a.csv", "data_files: {a: {b: c}}", "patterns")]
    [InlineData("a.csv", "data_files: '[z-a].csv'", "its card gives config 'one' the files '[z-a].csv', a pattern that cannot be read")]
    [InlineData("a.csv", "LONG", "a pattern that cannot be read: Expected at most 500 characters")]
    public void Files_ThatAreNotRead_AreRefusedByName(string files, string config, string expected)
    {
        config = config == "LONG" ? $"data_files: '{string.Concat(Enumerable.Repeat("*a", 5000))}'" : config;
        var card = config.Length == 0 ? "# no card" : $"---\nconfigs:\n- config_name: one\n  {config}\n---";

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Choose("org/name", files, card)).Message);
    }

    [Theory]
    [InlineData("configs: 3", "configs")]
    [InlineData("configs: [3]", "configs")]
    [InlineData("configs: [{data_files: a.csv}]", "config_name")]
    [InlineData("configs: [", "cannot be read")]
    [InlineData("configs: *nothing", "cannot be read")]
    [InlineData("configs:\n- config_name: x\n  data_files:\n  - path: [x.csv`\n- config_name: y", "cannot be read")]
    [InlineData("DEEP", "nested deeper")]
    public void Card_OfAnotherForm_IsRefused(string yaml, string expected)
    {
        var text = yaml == "DEEP" ? "a: " + new string('[', 100_000) : yaml;

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => DataCard.Configs($"---\n{text}\n---\n", "card")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Title\n---\nconfigs: 3\n---")]
    [InlineData("---\nlicense: mit\n---\n")]
    [InlineData("---\nconfigs: never closed")]
    [InlineData("---\n- a list\n---")]
    public void Card_WithoutConfigs_SaysNothing(string text) => Assert.Empty(DataCard.Configs(text, "card"));

    [Theory]
    [InlineData("*.csv", "a.csv", true)]
    [InlineData("*.csv", "b/a.csv", false)]
    [InlineData("**.csv", "b/a.csv", true)]
    [InlineData("**/*.csv", "a.csv", true)]
    [InlineData("b/**", "b/c/a.csv", true)]
    [InlineData("?.csv", "ab.csv", false)]
    [InlineData("[ab].csv", "b.csv", true)]
    [InlineData("[!ab].csv", "b.csv", false)]
    [InlineData("[a-c]x.csv", "bx.csv", true)]
    [InlineData("a.csv", "aXcsv", false)]
    [InlineData("**", ".git/a.csv", false)]
    [InlineData(".git/*", ".git/a.csv", true)]
    [InlineData("**", "__x__/a.csv", false)]
    [InlineData("[^", "[^", true)]
    public void Pattern_MatchesAsTheDatasetsLibraryDoes(string pattern, string name, bool expected) => Assert.Equal(expected, new GlobPattern(pattern).Matches(name));

    private static DataPart Choose(string name, string files, string card = "") =>
        DataParts.Choose(HubReference.Data(name)!, files.Split(' '), DataCard.Configs(card, "card"));
}
