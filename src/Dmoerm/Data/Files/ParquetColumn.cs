using System.Globalization;
using System.Text.Json;
using Parquet.Data;
using Parquet.Schema;

namespace Dmoerm.Data.Files;

/// <summary>One column of a row group and how far it has been read.</summary>
/// <param name="column">The column's field.</param>
/// <param name="raw">Its values and levels; disposed with this.</param>
internal sealed class ParquetColumn(DataField column, RawColumnData raw) : IDisposable
{
    private readonly Action<Utf8JsonWriter, int> _write = Writer(raw);
    private int _entry;
    private int _value;

    /// <summary>The definition level of the next entry: how much of its path is there.</summary>
    public int Definition => column.MaxDefinitionLevel == 0 ? 0 : raw.DefinitionLevels[_entry];

    /// <summary>The repetition level of the next entry: the list in which it goes on; 0 begins a row, and stands at the end.</summary>
    public int Repetition => column.MaxRepetitionLevel > 0 && _entry < raw.RepetitionLevels.Length ? raw.RepetitionLevels[_entry] : 0;

    /// <summary>Writes the next entry, null where it holds none.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Definition == column.MaxDefinitionLevel)
        {
            _write(json, _value++);
        }
        else
        {
            json.WriteNullValue();
        }

        _entry++;
    }

    /// <summary>Passes over an entry without a value.</summary>
    public void Pass() => _entry++;

    /// <inheritdoc/>
    public void Dispose() => raw.Dispose();

    private static Action<Utf8JsonWriter, int> Writer(RawColumnData raw) => raw switch
    {
        RawColumnData<ReadOnlyMemory<char>> texts => (json, value) => json.WriteStringValue(texts.Values[value].Span),
        RawColumnData<bool> flags => (json, value) => json.WriteBooleanValue(flags.Values[value]),
        RawColumnData<sbyte> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<byte> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<short> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<ushort> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<int> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<uint> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<long> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<ulong> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<decimal> numbers => (json, value) => json.WriteNumberValue(numbers.Values[value]),
        RawColumnData<float> numbers => (json, value) => WriteNumber(json, double.Parse(numbers.Values[value].ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        RawColumnData<double> numbers => (json, value) => WriteNumber(json, numbers.Values[value]),
        RawColumnData<ReadOnlyMemory<byte>> => (json, _) => WriteUnread(json, "bytes"),
        RawColumnData<DateTime> times => (json, value) => json.WriteStringValue(times.Values[value].ToString("O", CultureInfo.InvariantCulture)),
        _ => (json, _) => WriteUnread(json, "value"),
    };

    // JSON has no such numbers; as a text it is an error only where a number is asked for.
    private static void WriteNumber(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteUnread(Utf8JsonWriter json, string what)
    {
        json.WriteStartObject();
        json.WriteString("unread", what);
        json.WriteEndObject();
    }
}
