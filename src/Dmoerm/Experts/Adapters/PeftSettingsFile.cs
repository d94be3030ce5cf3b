using System.Text.Json;
using Dmoerm.Backbones.Configs;

namespace Dmoerm.Experts.Adapters;

/// <summary>Reads <c>adapter_config.json</c>. Keys that are not known are passed over, since every version of PEFT adds some; those that change numbers in a way that is not computed here are refused by name.</summary>
internal static class PeftSettingsFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "adapter_config.json";

    // Each asks for other arithmetic than low-rank updates of projections. The last two only take effect where they are set.
    private static readonly string[] Refused =
    [
        "fan_in_fan_out", "layer_replication", "target_parameters", "trainable_token_indices", "alora_invocation_tokens", "arrow_config", "kasa_config",
        "monteclora_config", "velora_config", "use_bdlora", "use_qalora", "megatron_config",
    ];

    // Ways to start an adapter that leave the base's weights alone; others change them when the adapter is loaded.
    private static readonly string[] PlainStarts = ["True", "False", "gaussian", "eva", "orthogonal"];

    private static readonly string?[] Tasks = [null, "SEQ_CLS", "CAUSAL_LM"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is missing or broken, or asks for arithmetic that this version lacks.</exception>
    public static PeftSettings Read(string path)
    {
        var config = ConfigField.ReadFile(path);
        RefuseOtherArithmetic(config);
        return new PeftSettings
        {
            Targets = Targets(config),
            Rank = config.IsWritten("r") ? config.Count("r") : 8,
            Alpha = config.Number("lora_alpha", 8),
            RankPattern = [.. Entries(config, "rank_pattern").Select(entry => (Pattern(config, "rank_pattern", entry.Name), config.Child("rank_pattern")!.Count(entry.Name)))],
            AlphaPattern = [.. Entries(config, "alpha_pattern").Select(entry => (Pattern(config, "alpha_pattern", entry.Name), config.Child("alpha_pattern")!.Number(entry.Name)))],
            RootScale = config.Flag("use_rslora", false),
            Magnitudes = config.Flag("use_dora", false),
            UpdateBias = config.Flag("lora_bias", false),
            Bias = config.Text("bias") switch
            {
                null or "none" => PeftBias.None,
                "lora_only" => PeftBias.Updated,
                "all" => PeftBias.All,
                var other => throw config.Error($"field 'bias' is '{other}'; expected none, lora_only or all"),
            },
            ModulesToSave = [.. Texts(config, "modules_to_save").Distinct()],
            TaskType = config.Text("task_type"),
            BaseModel = config.Text("base_model_name_or_path"),
        };
    }

    private static PeftTargets Targets(ConfigField config)
    {
        var isText = Find(config, "target_modules") is { ValueKind: JsonValueKind.String };
        var names = isText ? null : Texts(config, "target_modules");
        if (names is { Length: 0 })
        {
            throw config.Error("field 'target_modules' is missing or empty; it names what the adapter changes");
        }

        var excludesByPattern = Find(config, "exclude_modules") is { ValueKind: JsonValueKind.String };
        return new PeftTargets
        {
            Names = names,
            Pattern = isText ? Pattern(config, "target_modules", config.Text("target_modules")!) : null,
            Excluded = excludesByPattern ? [] : Texts(config, "exclude_modules"),
            ExcludedPattern = excludesByPattern ? Pattern(config, "exclude_modules", config.Text("exclude_modules")!) : null,
            Layers = Numbers(config, "layers_to_transform"),
            LayerPatterns = [.. Texts(config, "layers_pattern").Select(text => Pattern(config, "layers_pattern", text))],
        };
    }

    private static PeftPattern Pattern(ConfigField config, string field, string text)
    {
        try
        {
            return new PeftPattern(text, $"{config.File}: field '{field}'");
        }
        catch (ArgumentException error)
        {
            throw config.Error($"field '{field}': '{text}' is not a regular expression: {error.Message.TrimEnd('.')}");
        }
    }

    private static void RefuseOtherArithmetic(ConfigField config)
    {
        var kind = config.Text("peft_type") ?? throw config.Error("field 'peft_type' is missing; LORA was expected");
        if (kind != "LORA")
        {
            throw config.Error($"field 'peft_type' is {kind}; this version reads LORA only");
        }

        if (!Tasks.Contains(config.Text("task_type")))
        {
            throw config.Error($"field 'task_type' is {config.Text("task_type")}; this version reads SEQ_CLS, CAUSAL_LM or none");
        }

        foreach (var field in Refused)
        {
            if (Find(config, field) is { } value && Asks(value))
            {
                throw config.Error($"field '{field}' asks for arithmetic that this version does not have; expected none");
            }
        }

        if (Find(config, "init_lora_weights") is { } start && !PlainStarts.Contains(start.ToString()))
        {
            throw config.Error($"field 'init_lora_weights' is {start}, which changes the base's weights; this version reads adapters whose base is as its folder has it (true, false, gaussian, eva, orthogonal)");
        }
    }

    private static bool Asks(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    private static JsonElement.ObjectEnumerator Entries(ConfigField config, string field) => config.Child(field)?.Json.EnumerateObject() ?? default;

    // One text or a list of texts.
    private static string[] Texts(ConfigField config, string field) => Find(config, field) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. list.EnumerateArray().Select(item => item.GetString()!)],
        var other => throw config.Error($"field '{field}' should be a text or a list of texts, but is {other}"),
    };

    private static int[]? Numbers(ConfigField config, string field) => Find(config, field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } one when one.TryGetInt32(out var number) => [number],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)) => [.. list.EnumerateArray().Select(item => item.GetInt32())],
        var other => throw config.Error($"field '{field}' should be a number or a list of numbers, but is {other}"),
    };

    private static JsonElement? Find(ConfigField config, string field) =>
        config.Json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
