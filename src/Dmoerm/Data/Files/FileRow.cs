using System.Text.Json;

namespace Dmoerm.Data.Files;

/// <summary>A row as it stands in a file.</summary>
/// <param name="Place">Where: <c>line 3</c>, or <c>row 3</c> in files without lines.</param>
/// <param name="Number">The number in it, from 1.</param>
/// <param name="Value">The row; lives until the next one is asked for.</param>
/// <param name="IsTable">The row is of a table of texts: its cells are all texts, and numbers, lists and objects are read out of them.</param>
internal readonly record struct FileRow(string Place, int Number, JsonElement Value, bool IsTable = false);
