using System.Threading.Channels;
using Dmoerm.Data.Files;

namespace Dmoerm.Cli.Scoring;

/// <summary>Lines of a stream, read ahead on a thread of their own, so that a batch can take what is there without waiting for more.</summary>
internal sealed class InputLines
{
    private readonly Channel<(int Number, byte[] Utf8)> _lines = Channel.CreateBounded<(int Number, byte[] Utf8)>(1024);

    private readonly Stream _stream;

    /// <summary>Starts reading.</summary>
    /// <param name="stream">Read to its end; closed by whoever opened it.</param>
    /// <param name="zipped">The path of the gzip file that the stream is, for error messages; null for plain text.</param>
    public InputLines(Stream stream, string? zipped = null)
    {
        _stream = zipped is null ? stream : new WholeGzip(stream, zipped);
        // A read of standard input cannot be interrupted; the process does not wait for a background thread.
        new Thread(Read) { IsBackground = true, Name = "input" }.Start();
    }

    /// <summary>The next line that is not blank.</summary>
    /// <param name="wait">Wait for it; else only a line that is already there.</param>
    /// <param name="stopped">Ends the waiting.</param>
    /// <param name="line">1-based number and bytes without the line end.</param>
    /// <returns>False at the end, or when there is none yet.</returns>
    /// <exception cref="IOException">The stream broke after the lines given so far; also <see cref="InvalidDataException"/> for broken gzip.</exception>
    public bool TryTake(bool wait, CancellationToken stopped, out (int Number, byte[] Utf8) line)
    {
        while (!_lines.Reader.TryRead(out line))
        {
            // At the end this is false, or throws what broke the stream.
            if (!wait || !_lines.Reader.WaitToReadAsync(stopped).AsTask().GetAwaiter().GetResult())
            {
                return false;
            }
        }

        return true;
    }

    private void Read()
    {
        var number = 0;
        try
        {
            using var buffered = new BufferedStream(_stream, 1 << 16);
            var line = new MemoryStream();
            for (var value = buffered.ReadByte(); value >= 0; value = buffered.ReadByte())
            {
                if (value != '\n')
                {
                    line.WriteByte((byte)value);
                }
                else
                {
                    Add(++number, line);
                }
            }

            Add(++number, line);
            _lines.Writer.Complete();
        }
        catch (InvalidDataException broken)
        {
            _lines.Writer.Complete(broken);
        }
        catch (IOException broken)
        {
            _lines.Writer.Complete(broken);
        }
        catch (Exception closed) when (closed is ObjectDisposedException or NotSupportedException)
        {
            // The run ended at a bad line and closed the stream under a read: nobody waits for what comes.
            _lines.Writer.Complete();
        }
    }

    private void Add(int number, MemoryStream line)
    {
        ReadOnlySpan<byte> utf8 = line.ToArray();
        line.SetLength(0);
        // A byte order mark at the start is no part of the first line.
        utf8 = number == 1 && utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (!utf8.Trim(" \t\r"u8).IsEmpty)
        {
            _lines.Writer.WriteAsync((number, utf8.ToArray())).AsTask().GetAwaiter().GetResult();
        }
    }
}
