using System.Text.Json;
using Parquet.Data;
using Parquet.Schema;

namespace Dmoerm.Data.Files;

/// <summary>The columns of one row group, walked in step: each call writes the next row.</summary>
/// <remarks>
/// A column's repetition level says at which list a value goes on, its definition level how much of its path is there.
/// Source: the Parquet format's documentation, "Nested Encoding", after the Dremel paper's record shredding.
/// </remarks>
internal sealed class ParquetColumns : IDisposable
{
    private readonly ParquetSchema _schema;
    private readonly Dictionary<Field, ParquetColumn[]> _leaves = new(ReferenceEqualityComparer.Instance);

    /// <summary>Reads the columns.</summary>
    /// <param name="schema">The file's.</param>
    /// <param name="read">Reads a column; what it returns is disposed here.</param>
    public ParquetColumns(ParquetSchema schema, Func<DataField, RawColumnData> read)
    {
        _schema = schema;
        foreach (var field in schema.Fields)
        {
            AddLeaves(field, read);
        }
    }

    /// <summary>Writes the next row as an object; fields without a value are null.</summary>
    public void WriteRow(Utf8JsonWriter json) => WriteObject(json, _schema.Fields);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _schema.Fields.SelectMany(field => _leaves[field]))
        {
            column.Dispose();
        }
    }

    private void WriteObject(Utf8JsonWriter json, IEnumerable<Field> fields)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            json.WritePropertyName(field.Name);
            Write(json, field);
        }

        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Field field)
    {
        switch (field)
        {
            case StructField group when First(group).Definition >= group.MaxDefinitionLevel:
                WriteObject(json, group.Fields);
                break;
            case ListField list:
                WriteList(json, list, () => Write(json, list.Item));
                break;
            case MapField map:
                WriteList(json, map, () => WriteObject(json, [map.Key, map.Value]));
                break;
            case DataField { IsArray: true } values:
                WriteList(json, values, () => First(values).Write(json));
                break;
            case DataField value:
                First(value).Write(json);
                break;
            default:
                Pass(field);
                json.WriteNullValue();
                break;
        }
    }

    private void WriteList(Utf8JsonWriter json, Field list, Action item)
    {
        var first = First(list);
        if (first.Definition < list.MaxDefinitionLevel)
        {
            // One level below the items: the list is there and empty; lower still, it is not there, or a struct around it.
            var isEmpty = first.Definition == list.MaxDefinitionLevel - 1;
            Pass(list);
            if (isEmpty)
            {
                json.WriteStartArray();
                json.WriteEndArray();
            }
            else
            {
                json.WriteNullValue();
            }

            return;
        }

        json.WriteStartArray();
        do
        {
            item();
        }
        while (first.Repetition >= list.MaxRepetitionLevel && list.MaxRepetitionLevel > 0);
        json.WriteEndArray();
    }

    // Every column below a field holds one entry where the field itself is missing.
    private void Pass(Field field)
    {
        foreach (var leaf in _leaves[field])
        {
            leaf.Pass();
        }
    }

    private ParquetColumn First(Field field) => _leaves[field][0];

    private ParquetColumn[] AddLeaves(Field field, Func<DataField, RawColumnData> read) => _leaves[field] = field switch
    {
        DataField data => [new ParquetColumn(data, read(data))],
        ListField list => AddLeaves(list.Item, read),
        MapField map => [.. AddLeaves(map.Key, read), .. AddLeaves(map.Value, read)],
        StructField group => [.. group.Fields.SelectMany(inner => AddLeaves(inner, read))],
        _ => throw new InvalidDataException($"column '{field.Path}' is of a kind that is not read"),
    };
}
