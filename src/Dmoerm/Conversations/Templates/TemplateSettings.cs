using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dmoerm.Conversations.Templates;

/// <summary>What a template is always told: fixed in training, kept with the model, the same in use.</summary>
public sealed record TemplateSettings
{
    /// <summary>Variables by name, any JSON, such as <c>enable_thinking</c> or <c>date_string</c>; they go before special tokens of the same name.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The day that templates which read the clock (<c>strftime_now</c>) are told, such as <c>2026-01-02</c>; null for none, and then such a template fails where it reads it.</summary>
    public DateTime? Date { get; init; }

    /// <summary>Nothing is said.</summary>
    [JsonIgnore]
    public bool IsEmpty => Variables.Count == 0 && Date is null;

    /// <summary>Whether two say the same.</summary>
    public bool Equals(TemplateSettings? other) =>
        other is not null && Date == other.Date && Variables.Count == other.Variables.Count
        && Variables.All(variable => other.Variables.TryGetValue(variable.Key, out var value) && JsonElement.DeepEquals(variable.Value, value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Date, Variables.Count);
}
