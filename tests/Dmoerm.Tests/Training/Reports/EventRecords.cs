using System.Buffers.Binary;
using Dmoerm.Training.Reports;
using Google.Protobuf;
using Tensorboard;

namespace Dmoerm.Tests.Training.Reports;

/// <summary>Reads TensorBoard's files, and checks every length and checksum on the way.</summary>
internal static class EventRecords
{
    /// <summary>The frames of a file.</summary>
    public static IReadOnlyList<byte[]> Frames(string path)
    {
        var (bytes, frames, at) = (File.ReadAllBytes(path), new List<byte[]>(), 0);
        while (at < bytes.Length)
        {
            var length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)));
            var frame = bytes[at..(at + length + 16)];
            Assert.Equal(Masked(frame.AsSpan(0, 8)), BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(8)));
            Assert.Equal(Masked(frame.AsSpan(12, length)), BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(12 + length)));
            frames.Add(frame);
            at += frame.Length;
        }

        return frames;
    }

    /// <summary>The events of a file; the first says which version it is of.</summary>
    public static IReadOnlyList<Event> Read(string path)
    {
        Event[] events = [.. Frames(path).Select(frame => Event.Parser.ParseFrom(new CodedInputStream(frame, 12, frame.Length - 16)))];
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        return events[1..];
    }

    /// <summary>A curve of a run's folder: steps and values of a tag.</summary>
    public static IReadOnlyList<(long Step, double Value)> Curve(string folder, string tag) =>
        [.. Read(Path.Combine(folder, EventFile.Name)).Where(record => record.Summary.Value[0].Tag == tag).Select(record => (record.Step, (double)record.Summary.Value[0].SimpleValue))];

    /// <summary>CRC-32C bit by bit from its polynomial, then TensorFlow's mask.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var sum = Crc32C(bytes);
        return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
    }

    /// <summary>CRC-32C.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) == 1 ? (sum >> 1) ^ 0x82f63b78 : sum >> 1;
            }
        }

        return ~sum;
    }
}
