using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Backbones.Configs;

/// <summary>The sliding windows of <c>config.json</c>: a size, and which layers have it.</summary>
internal static class WindowFields
{
    private const string Size = "sliding_window";
    private const string Types = "layer_types";
    private const string Slides = "sliding_attention";
    private const string Sees = "full_attention";

    public static SlidingWindow? Read(ConfigField config, DecoderFamily family, int layers)
    {
        var used = family.Window != WindowRule.None && (family.Window != WindowRule.UpperLayers || config.Flag("use_sliding_window", false));
        int? tokens = !used ? null : config.Has(Size) ? config.Count(Size) : config.IsWritten(Size) ? null : family.WindowTokens;
        var usual = Usual(config, family, layers, tokens is not null);
        var sliding = ReadTypes(config, layers) ?? usual;
        if (family.Window is WindowRule.None or WindowRule.AllLayers && !sliding.SequenceEqual(usual))
        {
            throw config.Error($"field '{Types}' gives some layers another attention than a {family.ModelType} has; expected '{(usual[0] ? Slides : Sees)}' for all");
        }

        return !sliding.Any(slides => slides) ? null : tokens is { } size ? new SlidingWindow(size, sliding)
            : throw config.Error($"field '{Types}' has layers of '{Slides}', but no '{Size}' is set{(family.Window == WindowRule.UpperLayers ? " and used (use_sliding_window)" : "")}");
    }

    /// <summary>Adds the fields that <see cref="Read"/> takes, as transformers 4 and 5 both read them.</summary>
    public static void Write(JsonObject json, BackboneConfig config, DecoderFamily family)
    {
        if (family.Window == WindowRule.None)
        {
            return;
        }

        json[Size] = config.Window?.Tokens;
        if (family.Window == WindowRule.AllLayers)
        {
            return;
        }

        json[Types] = new JsonArray([.. Enumerable.Range(0, config.NumLayers).Select(layer => JsonValue.Create(config.WindowOf(layer) is null ? Sees : Slides))]);
        if (family.Window == WindowRule.UpperLayers)
        {
            json["use_sliding_window"] = config.Window is not null;
            json["max_window_layers"] = Enumerable.Range(0, config.NumLayers).TakeWhile(layer => config.WindowOf(layer) is null).Count();
        }
    }

    private static bool[] Usual(ConfigField config, DecoderFamily family, int layers, bool used)
    {
        var first = family.Window == WindowRule.UpperLayers ? config.OptionalNumber("max_window_layers") ?? 28 : 0;
        return [.. Enumerable.Range(0, layers).Select(layer => family.Window switch
        {
            WindowRule.None => false,
            WindowRule.AllLayers => used,
            WindowRule.UpperLayers => used && layer >= first,
            _ => layer % 2 == 0,
        })];
    }

    private static bool[]? ReadTypes(ConfigField config, int layers)
    {
        if (config.List(Types) is not { } types)
        {
            return null;
        }

        if (types.Count != layers)
        {
            throw config.Error($"field '{Types}' has {types.Count} entries; expected one for each of {layers} layers");
        }

        return [.. types.Select(type => type.ValueKind == JsonValueKind.String && type.GetString() is Slides or Sees
            ? type.GetString() == Slides
            : throw config.Error($"field '{Types}' has the entry {type.GetRawText()}; this version knows '{Sees}' and '{Slides}'"))];
    }
}
