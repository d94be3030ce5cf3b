using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dmoerm.Backbones.Updates;
using Dmoerm.Data;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>Writes the JSON Schema of recipes from the recipe's types and the comments of their members.</summary>
internal static partial class RecipeSchemaWriter
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What a converter of its own reads cannot be seen from the type.
    private static readonly Dictionary<Type, string> Converted = new()
    {
        [typeof(LayerChoice)] = """{ "anyOf": [ { "const": "all" }, { "type": "object", "properties": { "top": { "type": "integer", "minimum": 1, "description": "So many layers, counted from the last." } }, "required": [ "top" ], "additionalProperties": false } ] }""",
    };

    /// <summary>The schema's text.</summary>
    public static string Write()
    {
        var comments = XDocument.Load(Path.ChangeExtension(typeof(TrainingRecipe).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary"));
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Transform(context, node, comments) };
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "DMoERM training recipe", ["allowComments"] = true, ["allowTrailingCommas"] = true };
        foreach (var (name, value) in StrictJson.Options.GetJsonSchemaAsNode(typeof(TrainingRecipe), options).AsObject())
        {
            schema[name] = value?.DeepClone();
        }

        return schema.ToJsonString(Layout) + "\n";
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node, Dictionary<string, XElement?> comments)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var schema = Converted.TryGetValue(type, out var written) ? JsonNode.Parse(written)!.AsObject() : node as JsonObject ?? [];
        // Types of several files would be said again and again; a field's own sentence is enough.
        schema.Remove("description");
        var key = context.PropertyInfo?.AttributeProvider is MemberInfo member ? $"P:{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}" : $"T:{type.FullName}";
        var isField = context.PropertyInfo is not null || context.Path.IsEmpty;
        if (isField && comments.GetValueOrDefault(key) is { } summary)
        {
            schema.Insert(0, "description", Plain(summary) + Choices(type, comments));
        }

        return schema;
    }

    // What each value of a choice means.
    private static string Choices(Type type, Dictionary<string, XElement?> comments) => !type.IsEnum
        ? ""
        : string.Concat(Enum.GetNames(type).Select(name => $"\n{JsonNamingPolicy.CamelCase.ConvertName(name)}: {(comments.GetValueOrDefault($"F:{type.FullName}.{name}") is { } summary ? Plain(summary) : "")}"));

    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement { Name.LocalName: "see" } link => Name(link.Attribute("cref")!.Value),
            XElement element => element.Value,
            _ => "",
        }));
        return Blanks().Replace(text, " ").Trim();
    }

    // Properties are named as recipes name them.
    private static string Name(string reference)
    {
        var name = reference[(reference.LastIndexOf('.') + 1)..];
        return reference[0] is 'P' or 'F' ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
