using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Updates;

/// <summary>Which layers an adapter changes: all of them, or the top m. In JSON: <c>"all"</c> or <c>{"top": m}</c>.</summary>
/// <param name="Top">m; null for all layers.</param>
[JsonConverter(typeof(LayerChoiceConverter))]
public sealed record LayerChoice(int? Top)
{
    /// <summary>Every layer.</summary>
    public static LayerChoice All { get; } = new((int?)null);

    /// <summary>The lowest layer that is changed: everything below it is the trunk.</summary>
    /// <exception cref="InvalidDataException">More layers are asked for than the backbone has.</exception>
    public int From(BackboneConfig config)
    {
        if (Top is { } top && (top < 1 || top > config.NumLayers))
        {
            throw new InvalidDataException($"Layers {{\"top\": {top}}} were asked for, but the backbone has {config.NumLayers}: expected 1 to {config.NumLayers}.");
        }

        return config.NumLayers - (Top ?? config.NumLayers);
    }
}

/// <summary>Reads and writes <see cref="LayerChoice"/>.</summary>
internal sealed class LayerChoiceConverter : JsonConverter<LayerChoice>
{
    private const string Expected = "Expected \"all\" or {\"top\": m}";

    public override LayerChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() == "all")
        {
            return LayerChoice.All;
        }

        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.GetString() != "top" || !reader.Read() || !reader.TryGetInt32(out var top))
        {
            throw new JsonException($"{Expected}.");
        }

        return reader.Read() && reader.TokenType == JsonTokenType.EndObject ? new LayerChoice(top) : throw new JsonException($"{Expected}.");
    }

    public override void Write(Utf8JsonWriter writer, LayerChoice value, JsonSerializerOptions options)
    {
        if (value.Top is { } top)
        {
            writer.WriteStartObject();
            writer.WriteNumber("top", top);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStringValue("all");
        }
    }
}
