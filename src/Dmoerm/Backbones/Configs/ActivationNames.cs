namespace Dmoerm.Backbones.Configs;

/// <summary>Activations by the names that files give them.</summary>
internal static class ActivationNames
{
    // The first name of each is the one that is written.
    private static readonly (string Name, Activation Value)[] All =
    [
        ("silu", Activation.Silu), ("swish", Activation.Silu), ("gelu_pytorch_tanh", Activation.GeluTanh), ("gelu_new", Activation.GeluTanh), ("gelu", Activation.Gelu),
    ];

    public static string NameOf(Activation activation) => All.First(pair => pair.Value == activation).Name;

    public static Activation Read(ConfigField config, DecoderFamily family)
    {
        var found = config.Text(family.ActivationField) ?? (config.IsWritten(family.ActivationField) ? "null" : family.Activation);
        var place = Array.FindIndex(All, pair => pair.Name == found);
        return place >= 0
            ? All[place].Value
            : throw config.Error($"field '{family.ActivationField}' is {found}; this version computes {string.Join(", ", All.Select(pair => pair.Name))} only");
    }
}
