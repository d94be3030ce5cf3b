using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary><c>inspect</c> on reward models from elsewhere: how they give rewards, and what is known to go wrong with them.</summary>
public sealed class InspectRewardTests
{
    [Fact]
    public void Inspect_SeveralOutputs_AreNamed()
    {
        var output = Run(TestFolders.Fixture("models", "llama", "seqcls-5"));
        Assert.Contains("a Hugging Face classifier (LlamaForSequenceClassification).", output, StringComparison.Ordinal);
        Assert.Contains("3 layers of width 64", output, StringComparison.Ordinal);
        Assert.Contains("as BFloat16", output, StringComparison.Ordinal);
        Assert.Contains("rewards: the head's 5 outputs are attributes, LABEL_0, LABEL_1, LABEL_2, LABEL_3, LABEL_4; 'score --weights' makes one reward of them.", output, StringComparison.Ordinal);
        Assert.Contains("a reward is read at: transformers' rule: the rightmost token that is not pad_token_id (0)", output, StringComparison.Ordinal);
        Assert.Contains("pad token: 0; a text ends in: 2\n", output, StringComparison.Ordinal);
        Assert.Contains("warning: it has no chat template", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_NothingWrong_WarnsOfNothing()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => (config["pad_token_id"], config["eos_token_id"]) = (IdOf("<|endoftext|>"), IdOf("<|im_end|>")));
        var rewards = Rewards(folder.Path);
        Assert.Empty(Warnings(rewards));
        Assert.Equal(["LABEL_0"], rewards.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
        Assert.Equal($"{IdOf("<|endoftext|>")} ('<|endoftext|>')", rewards.GetProperty("padToken").GetString());
        Assert.Equal($"{IdOf("<|im_end|>")} ('<|im_end|>')", rewards.GetProperty("endTokens")[0].GetString());
    }

    [Theory]
    [InlineData("<|endoftext|>", "<|endoftext|>", "its pad token is its end-of-text token (")]
    // The tokenizer's own end-of-text token counts too.
    [InlineData("<|im_end|>", "<|endoftext|>", "its pad token is its end-of-text token (")]
    [InlineData(null, "<|im_end|>", "pad_token_id is not set")]
    public void Inspect_PadToken_IsWarnedOf(string? pad, string end, string sentence)
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => (config["pad_token_id"], config["eos_token_id"]) = (pad is null ? null : IdOf(pad), new JsonArray(IdOf(end))));
        Assert.Contains(sentence, Assert.Single(Warnings(Rewards(folder.Path))), StringComparison.Ordinal);
        // What inspect says, score says too.
        var streams = new CapturedStreams();
        streams.Run("""{"input_ids": [1]}""", ["score", folder.Path]);
        Assert.Contains($"warning: {folder.Path}: {sentence}", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_TemplateThatReadsTheClock_IsWarnedOf()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => config["pad_token_id"] = 0);
        File.WriteAllText(folder.At("chat_template.jinja"), "{{ strftime_now('%d %b %Y') }}{% for message in messages %}{{ message.content }}{% endfor %}");
        Assert.Contains("its chat template reads the clock (strftime_now)", Assert.Single(Warnings(Rewards(folder.Path))), StringComparison.Ordinal);
        var streams = new CapturedStreams();
        streams.Run("""{"input_ids": [1]}""", ["score", folder.Path]);
        Assert.Contains("its chat template reads the clock", streams.Error, StringComparison.Ordinal);
        Assert.Equal(0, streams.Run("""{"input_ids": [1]}""", ["score", folder.Path, "--date", "2026-07-31"]));
        Assert.DoesNotContain("reads the clock", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_HeadMissing_IsWarnedOfInClassifiersOnly()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => config["pad_token_id"] = 0);
        folder.Rename("score.weight", null);
        Assert.Contains("its head (score.weight) is missing", Assert.Single(Warnings(Rewards(folder.Path))), StringComparison.Ordinal);
        folder.Json("config.json", config => config["architectures"] = new JsonArray("LlamaForCausalLM"));
        var output = Run(folder.Path);
        Assert.Contains("rewards: none, as it has no head for them; a recipe can train one.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_OpenRlhfFolder_SaysHowItScales()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Rename("score.weight", "value_head.weight");
        folder.Json("config.json", config => (config["architectures"], config["value_head_prefix"], config["mean"], config["std"], config["normalize_reward"]) = (new JsonArray("RewardModel"), "value_head", 0.5, 2, true));
        var output = Run(folder.Path);
        Assert.Contains(": an OpenRLHF reward model (RewardModel).", output, StringComparison.Ordinal);
        Assert.Contains("normalised as OpenRLHF does: (raw - 0.5) / 2", output, StringComparison.Ordinal);
        Assert.Contains("a reward is read at: the last token", output, StringComparison.Ordinal);
        folder.Json("config.json", config => config["normalize_reward"] = false);
        Assert.Contains("it states mean 0.5 and std 2 of rewards, and normalize_reward is not on", Assert.Single(Warnings(Rewards(folder.Path))), StringComparison.Ordinal);
    }

    // What export writes: the class says who reads it, and the fields are there for OpenRLHF's servers.
    [Fact]
    public void Inspect_ClassifierWithOpenRlhfFields_IsAClassifier()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => (config["value_head_prefix"], config["mean"], config["std"], config["normalize_reward"], config["pad_token_id"]) = ("score", 0.5, 2, false, 0));
        var output = Run(folder.Path);
        Assert.Contains(": a Hugging Face classifier (LlamaForSequenceClassification).", output, StringComparison.Ordinal);
        Assert.Contains("a reward is read at: transformers' rule: the rightmost token that is not pad_token_id (0)", output, StringComparison.Ordinal);
        Assert.Contains("it states mean 0.5 and std 2 of rewards", Assert.Single(Warnings(Rewards(folder.Path))), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_UnknownHead_IsAnObstacle()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Json("config.json", config => config["architectures"] = new JsonArray("LlamaForRewardModelWithGating"));
        Assert.Contains("has a head that is not known here", Run(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Adapter_IsShownWithItsBase()
    {
        var adapter = TestFolders.Fixture("adapters", "a-qv-r8");
        Assert.Contains("its base model 'base-llama' is not a folder here; name one (--base FOLDER).", Run(adapter), StringComparison.Ordinal);
        var output = Run(adapter, "--base", TestFolders.Fixture("adapters", "base-llama"));
        Assert.Contains("3 layers of width 64", output, StringComparison.Ordinal);
        Assert.Contains("rewards: the head's one output (LABEL_0), as it is.", output, StringComparison.Ordinal);
        Assert.Contains("lora_alpha: 16", output, StringComparison.Ordinal);
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run("inspect", TestFolders.Fixture("adapters", "base-llama"), "--base", adapter));
        Assert.Contains("--base is for PEFT adapters; ", streams.Error, StringComparison.Ordinal);
    }

    private static int IdOf(string token) => Tokenizer.Load(PlantedFiles.Backbone).IdOf(token);

    private static string Run(params string[] arguments)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run(["inspect", .. arguments]) == 0, streams.Error);
        return streams.Out;
    }

    private static JsonElement Rewards(string folder) => JsonElement.Parse(Run(folder, "--json")).GetProperty("rewards");

    private static string[] Warnings(JsonElement rewards) => [.. rewards.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
}
