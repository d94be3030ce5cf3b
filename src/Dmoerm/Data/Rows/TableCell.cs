using System.Text.Json;

namespace Dmoerm.Data.Rows;

/// <summary>What the text in a table's cell holds.</summary>
internal static class TableCell
{
    /// <summary>The list or object that the text is as JSON; any other text is itself.</summary>
    /// <param name="cell">A text.</param>
    /// <param name="origin">Where it stands.</param>
    /// <exception cref="InvalidDataException">A list or object as Python prints it, which would pass for a text.</exception>
    public static JsonElement Open(JsonElement cell, string origin)
    {
        if (TextOf(cell, origin) is not { Length: > 1 } text || text[0] is not ('[' or '{'))
        {
            return cell;
        }

        if (text.StartsWith("[{'", StringComparison.Ordinal) || text.StartsWith("{'", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{origin}: expected a cell with a list or object as JSON writes it, in double quotes, came one in single quotes, as Python prints it: {text[..Math.Min(text.Length, 40)]}");
        }

        try
        {
            return JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return cell; // a text that begins with a bracket
        }
    }

    private static string TextOf(JsonElement cell, string origin)
    {
        try
        {
            return cell.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new InvalidDataException($"{origin}: expected text, came half a surrogate pair.", broken);
        }
    }
}
