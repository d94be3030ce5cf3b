using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Backbones;

/// <summary>A setting of <c>rope.json</c> as a config file; the parity benchmark reads them too.</summary>
internal static class RotaryReference
{
    /// <summary>As transformers 4 wrote it.</summary>
    public static JsonObject Older(JsonElement setting)
    {
        var config = Plain(setting);
        config["rope_theta"] = Node(setting, "rope_theta");
        config["rope_scaling"] = Node(setting, "rope_scaling");
        return config;
    }

    /// <summary>As transformers 5 writes it.</summary>
    public static JsonObject Newer(JsonElement setting)
    {
        var config = Plain(setting);
        config["rope_parameters"] = Node(setting, "rope_parameters_of_transformers_5");
        return config;
    }

    private static JsonObject Plain(JsonElement setting) => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = 16,
        ["hidden_size"] = 16,
        ["intermediate_size"] = 16,
        ["num_hidden_layers"] = 1,
        ["num_attention_heads"] = 1,
        ["head_dim"] = Node(setting, "head_dim"),
        ["max_position_embeddings"] = Node(setting, "max_position_embeddings"),
    };

    private static JsonNode? Node(JsonElement setting, string name) => JsonNode.Parse(setting.GetProperty(name).GetRawText());
}
