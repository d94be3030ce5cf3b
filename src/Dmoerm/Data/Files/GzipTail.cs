using System.IO.Compression;

namespace Dmoerm.Data.Files;

/// <summary>A gzip file with one more member at its end, which holds <see cref="Mark"/>.</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes a file that is cut off for one that ends there. Members may follow each other, so the mark comes out
/// where the file is whole, and only there.
/// </remarks>
internal sealed class GzipTail(Stream file) : Stream
{
    private readonly MemoryStream _tail = new(Zipped());

    /// <summary>The last bytes of a whole file.</summary>
    public static ReadOnlySpan<byte> Mark => "\n# the file is whole #\n"u8;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => file.Read(buffer) is > 0 and var read ? read : _tail.Read(buffer);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
