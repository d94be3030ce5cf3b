using System.IO.Compression;

namespace Dmoerm.Data.Files;

/// <summary>The text inside a gzip file; a file that is cut off, or goes on with something else, is an error at its end.</summary>
/// <param name="file">The compressed file; closed with this stream.</param>
/// <param name="path">Its name, for error messages.</param>
internal sealed class WholeGzip(Stream file, string path) : ForwardStream
{
    private readonly GZipStream _gzip = new(new GzipTail(file), CompressionMode.Decompress);
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private int _lines;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        // The last bytes are held back: at the end they are the mark, and no text.
        while (_end - _start <= GzipTail.Mark.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = Fill(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return _buffer.AsSpan(_start, _end - _start).SequenceEqual(GzipTail.Mark) ? 0 : throw Broken("expected a whole file, came one that is cut off or goes on with something else.");
            }

            _end += read;
        }

        var count = Math.Min(buffer.Length, _end - _start - GzipTail.Mark.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _lines += buffer[..count].Count((byte)'\n');
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Fill(Span<byte> target)
    {
        try
        {
            return _gzip.Read(target);
        }
        catch (InvalidDataException broken)
        {
            throw Broken(broken.Message);
        }
    }

    private InvalidDataException Broken(string reason) => new($"{path}: broken gzip after line {_lines}: {reason}");
}

/// <summary>A gzip file with one more member at its end, which holds <see cref="Mark"/>.</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes a file that is cut off for one that ends there. Members may follow each other, so the mark comes out
/// where the file is whole, and only there.
/// </remarks>
internal sealed class GzipTail(Stream file) : ForwardStream
{
    private readonly MemoryStream _tail = new(Zipped());

    /// <summary>The last bytes of a whole file.</summary>
    public static ReadOnlySpan<byte> Mark => "\n# the file is whole #\n"u8;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => file.Read(buffer) is > 0 and var read ? read : _tail.Read(buffer);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            _tail.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Zipped()
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(Mark);
        }

        return buffer.ToArray();
    }
}
