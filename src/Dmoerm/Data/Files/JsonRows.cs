using System.Text.Json;

namespace Dmoerm.Data.Files;

/// <summary>The rows of one JSON document, streamed: the elements of a list, or of the list of rows that an object holds, or the object itself.</summary>
/// <param name="stream">The document's bytes; stays the caller's.</param>
/// <param name="path">The file, for error messages.</param>
/// <param name="isRowField">Tells the fields of rows: an object that has one is a row itself, and its lists are the row's.</param>
internal sealed class JsonRows(Stream stream, string path, Func<string, bool> isRowField)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private int? _kept;
    private bool _final;
    private int _row;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 256 });

    /// <summary>Reads row by row.</summary>
    /// <exception cref="InvalidDataException">No row, broken JSON, or two lists of rows in one object.</exception>
    public IEnumerable<FileRow> Read()
    {
        Fill();
        _start = _end - FileSniffer.WithoutMark(_buffer.AsMemory(0, _end)).Length;
        var (first, _) = Token();
        foreach (var utf8 in first == JsonTokenType.StartArray ? Elements() : InObject())
        {
            _row++;
            using var document = RowLines.Parse(utf8, $"{path}, row {_row}");
            yield return new FileRow($"row {_row}", _row, document.RootElement);
        }

        if (_row == 0)
        {
            throw RowLines.Empty(path);
        }

        // Anything but white space behind the document is an error of the reader.
        _ = Token();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Elements()
    {
        while (Value() is { } element)
        {
            yield return element;
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> InObject()
    {
        _kept = _start - 1;
        var isRow = false;
        string? holder = null;
        while (Token() is (JsonTokenType.PropertyName, { } name))
        {
            isRow |= isRowField(name);
            if (isRow || !IsListOfObjects())
            {
                _ = Value();
                continue;
            }

            if (holder is not null)
            {
                throw new InvalidDataException($"{path}: expected one list of rows, came two, '{holder}' and '{name}'.");
            }

            (holder, _kept) = (name, null);
            _ = Token();
            foreach (var element in Elements())
            {
                yield return element;
            }
        }

        if (holder is null)
        {
            yield return _buffer.AsMemory(_kept!.Value, _start - _kept.Value);
        }
    }

    // The next token; none at the document's end.
    private (JsonTokenType Type, string? Name) Token()
    {
        while (true)
        {
            var reader = Reader();
            if (Read(ref reader))
            {
                var token = (reader.TokenType, reader.TokenType == JsonTokenType.PropertyName ? NameOf(reader) : null);
                Take(reader);
                return token;
            }

            if (_final)
            {
                return (JsonTokenType.None, null);
            }

            Fill();
        }
    }

    // The bytes of the next value, which live until the next call; null at the list's end.
    private ReadOnlyMemory<byte>? Value()
    {
        while (true)
        {
            var reader = Reader();
            if (Read(ref reader))
            {
                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    Take(reader);
                    return null;
                }

                var from = _start + (int)reader.TokenStartIndex;
                if (Skip(ref reader))
                {
                    Take(reader);
                    return _buffer.AsMemory(from, _start - from);
                }
            }

            Fill();
        }
    }

    private bool IsListOfObjects()
    {
        while (true)
        {
            var reader = Reader();
            if (Read(ref reader))
            {
                if (reader.TokenType != JsonTokenType.StartArray)
                {
                    return false;
                }

                if (Read(ref reader))
                {
                    return reader.TokenType == JsonTokenType.StartObject;
                }
            }

            Fill();
        }
    }

    private Utf8JsonReader Reader() => new(_buffer.AsSpan(_start, _end - _start), _final, _state);

    private void Take(in Utf8JsonReader reader) => (_start, _state) = (_start + (int)reader.BytesConsumed, reader.CurrentState);

    private bool Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException broken)
        {
            throw Broken(broken, reader);
        }
    }

    private bool Skip(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.TrySkip();
        }
        catch (JsonException broken)
        {
            throw Broken(broken, reader);
        }
    }

    private string NameOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new InvalidDataException($"{path}: expected field names that are text, came half a surrogate pair or bytes that are no UTF-8.", broken);
        }
    }

    private InvalidDataException Broken(JsonException broken, in Utf8JsonReader reader)
    {
        var rest = _buffer.AsSpan(_start + (int)reader.BytesConsumed, _end - _start - (int)reader.BytesConsumed).TrimStart(" \t\r\n:,"u8);
        return new($"{path}, row {_row + 1}: expected a JSON value, came broken JSON: {RowLines.Reason(broken, rest)}", broken);
    }

    // Makes room behind what is still needed, and reads on.
    private void Fill()
    {
        var from = _kept ?? _start;
        _buffer.AsSpan(from, _end - from).CopyTo(_buffer);
        (_start, _end, _kept) = (_start - from, _end - from, _kept is null ? null : 0);
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
        _end += read;
        _final = _end < _buffer.Length;
    }
}
