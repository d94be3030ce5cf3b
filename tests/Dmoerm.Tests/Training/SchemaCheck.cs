using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Training;

/// <summary>As much of JSON Schema as our own schema uses; a keyword that it does not know fails.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Known =
    [
        "$schema", "title", "description", "default", "allowComments", "allowTrailingCommas",
        "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "minimum",
    ];

    /// <summary>What does not fit, each with its path.</summary>
    public static List<string> Faults(JsonNode? value, JsonNode schema, string path = "$", JsonNode? root = null)
    {
        var faults = new List<string>();
        if (schema is not JsonObject rules)
        {
            return schema.GetValueKind() == JsonValueKind.False ? [$"{path}: not allowed"] : [];
        }

        root ??= schema;
        if (rules["$ref"] is { } reference)
        {
            var target = reference.GetValue<string>().Split('/').Skip(1).Aggregate(root, (node, step) => node[step]!);
            return Faults(value, target, path, root);
        }

        Assert.All(rules, rule => Assert.Contains(rule.Key, Known));
        if (rules["type"] is { } types && !Types(types).Any(type => IsA(value, type)))
        {
            faults.Add($"{path}: expected {types.ToJsonString()}");
        }

        if (rules["enum"] is JsonArray values && !values.Any(allowed => JsonNode.DeepEquals(allowed, value)))
        {
            faults.Add($"{path}: expected one of {values.ToJsonString()}");
        }

        if (rules.ContainsKey("const") && !JsonNode.DeepEquals(rules["const"], value))
        {
            faults.Add($"{path}: expected {rules["const"]}");
        }

        if (rules["anyOf"] is JsonArray choices && choices.All(choice => Faults(value, choice!, path, root).Count > 0))
        {
            faults.Add($"{path}: fits no choice");
        }

        foreach (var (item, index) in (value as JsonArray ?? []).Select((item, index) => (item, index)))
        {
            faults.AddRange(rules["items"] is { } items ? Faults(item, items, $"{path}[{index}]", root) : []);
        }

        return value is JsonObject fields ? [.. faults, .. FieldFaults(fields, rules, path, root)] : faults;
    }

    private static IEnumerable<string> FieldFaults(JsonObject fields, JsonObject rules, string path, JsonNode root)
    {
        foreach (var name in (rules["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).Where(name => !fields.ContainsKey(name)))
        {
            yield return $"{path}.{name}: missing";
        }

        foreach (var (name, field) in fields)
        {
            var rule = (rules["properties"] as JsonObject)?[name] ?? rules["additionalProperties"];
            foreach (var fault in rule is null ? [] : Faults(field, rule, $"{path}.{name}", root))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> Types(JsonNode types) => types is JsonArray several ? several.Select(type => type!.GetValue<string>()) : [types.GetValue<string>()];

    private static bool IsA(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array") or (JsonValueKind.String, "string") or (JsonValueKind.Null, "null") or (JsonValueKind.True or JsonValueKind.False, "boolean") => true,
        (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => value!.GetValue<JsonElement>().TryGetInt64(out _),
        _ => false,
    };
}
