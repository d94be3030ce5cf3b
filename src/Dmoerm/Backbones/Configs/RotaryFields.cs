using System.Text.Json.Nodes;

namespace Dmoerm.Backbones.Configs;

/// <summary>The rotary settings of <c>config.json</c>, in both spellings.</summary>
internal static class RotaryFields
{
    // What transformers' rotary settings may hold; those of types that are not asked for have no effect.
    private static readonly string[] Known =
    [
        "rope_theta", "rope_type", "type", "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings", "partial_rotary_factor",
        "attention_factor", "beta_fast", "beta_slow", "short_factor", "long_factor", "mscale", "mscale_all_dim", "truncate",
    ];

    public static (double Base, RotaryScaling? Scaling) Read(ConfigField config, DecoderFamily family)
    {
        var (newer, older) = (config.Child("rope_parameters"), config.Child("rope_scaling"));
        if (newer is not null && older is not null)
        {
            throw config.Error("fields 'rope_parameters' and 'rope_scaling' are both set; one of the two spellings was expected");
        }

        var rotary = newer ?? older;
        var theta = rotary?.IsWritten("rope_theta") == true ? rotary.Number("rope_theta") : config.Number("rope_theta", 10_000);
        if (theta <= 0)
        {
            throw config.Error($"field 'rope_theta' should be a number above 0, but is {theta}");
        }

        return (theta, rotary is null ? null : ReadScaling(rotary, config, family));
    }

    public static JsonObject? Write(RotaryScaling? scaling) => scaling switch
    {
        null => null,
        { Bands: null } => new JsonObject { ["rope_type"] = "linear", ["factor"] = scaling.Factor },
        { Bands: { } bands } => new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = scaling.Factor,
            ["low_freq_factor"] = bands.LowFrequencyFactor,
            ["high_freq_factor"] = bands.HighFrequencyFactor,
            ["original_max_position_embeddings"] = bands.OriginalPositions,
        },
    };

    private static RotaryScaling? ReadScaling(ConfigField rotary, ConfigField config, DecoderFamily family)
    {
        if (rotary.Names.FirstOrDefault(name => !Known.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw rotary.Error($"field '{unknown}' of the rotary embedding is not known; expected {string.Join(", ", Known)}");
        }

        rotary.Expect("partial_rotary_factor", rotary.OptionalNumber("partial_rotary_factor") ?? 1, 1);
        var type = rotary.Text("rope_type") ?? rotary.Text("type") ?? "default";
        return type switch
        {
            "default" => null,
            "linear" when family.HasScaledRotary => new RotaryScaling { Factor = rotary.Positive("factor") },
            "llama3" when family.HasScaledRotary => new RotaryScaling { Factor = rotary.Positive("factor"), Bands = ReadBands(rotary, config) },
            _ => throw rotary.Error($"the rotary embedding '{type}' is not known; this version knows {(family.HasScaledRotary ? "default, linear and llama3" : $"default only in a {family.ModelType}")}"),
        };
    }

    private static RotaryBands ReadBands(ConfigField rotary, ConfigField config)
    {
        const string field = "original_max_position_embeddings";
        var bands = new RotaryBands(rotary.Positive("low_freq_factor"), rotary.Positive("high_freq_factor"), rotary.Count(field));
        // Newer versions of transformers take the one beside the rotary settings, older ones the one inside.
        config.Expect(field, config.OptionalNumber(field) ?? bands.OriginalPositions, bands.OriginalPositions);
        return bands.HighFrequencyFactor > bands.LowFrequencyFactor
            ? bands
            : throw rotary.Error($"field 'high_freq_factor' is {bands.HighFrequencyFactor}; expected more than low_freq_factor ({bands.LowFrequencyFactor})");
    }
}
