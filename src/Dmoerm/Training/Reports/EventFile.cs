using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Dmoerm.Training.Reports;

/// <summary>Scalars in the file that TensorBoard reads.</summary>
/// <remarks>
/// Records of the TFRecord framing (length, its checksum, an Event, its checksum), each written out at once. The messages are those that TorchSharp
/// carries; its own SummaryWriter puts host name, process and time into the file's name and counts time in ticks where TensorBoard reads seconds.
/// Sources: TorchSharp's SummaryWriter (framing, checked against its bytes), TensorFlow's event.proto as TorchSharp carries it.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    /// <summary>TensorBoard looks for <c>tfevents</c> in the name.</summary>
    public const string Name = "events.out.tfevents.dmoerm";

    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    /// <summary>Starts a file.</summary>
    /// <param name="folder">TensorBoard shows each folder as a run of its own.</param>
    /// <param name="clock">Dates the values.</param>
    public EventFile(string folder, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        _clock = clock;
        _file = new FileStream(Path.Combine(folder, Name), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        Write(new Event { FileVersion = "brain.Event:2" });
    }

    /// <summary>Adds a point to a curve.</summary>
    /// <param name="tag">The curve; what stands before its first slash groups it with others.</param>
    /// <param name="step">The place.</param>
    /// <param name="value">The value, in float32.</param>
    public void Scalar(string tag, long step, double value)
    {
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { Step = step, Summary = summary });
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Write(Event record)
    {
        record.WallTime = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        _file.Write(Frame(record.ToByteArray()));
        _file.Flush();
    }

    /// <summary>A record in its frame.</summary>
    internal static byte[] Frame(byte[] content)
    {
        var frame = new byte[content.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(frame, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), Checksum(frame.AsSpan(0, 8)));
        content.CopyTo(frame, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + content.Length), Checksum(content));
        return frame;
    }

    // CRC-32C, turned and shifted, since the checksum of data with its own checksum says nothing.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return BitOperations.RotateRight(~sum, 15) + 0xa282ead8;
    }
}
