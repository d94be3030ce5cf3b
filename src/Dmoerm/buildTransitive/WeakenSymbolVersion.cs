using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Marks one required symbol version of an ELF64 library as weak, in place.</summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Path of the library.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The version to weaken, such as GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    public override bool Execute()
    {
        var bytes = File.ReadAllBytes(Library);
        var isElf64LittleEndian = bytes.Length >= 64 && BitConverter.ToUInt32(bytes, 0) == 0x464c457f && bytes[4] == 2 && bytes[5] == 1;
        if (!isElf64LittleEndian || !Weaken(bytes, SymbolVersion))
        {
            return true;
        }

        // The output may be a hard link into the package cache: write a new file and put it in place.
        var partial = Library + ".partial";
        File.WriteAllBytes(partial, bytes);
        File.Delete(Library);
        File.Move(partial, Library);
        Log.LogMessage(MessageImportance.Normal, "Marked " + SymbolVersion + " as weak in " + Library);
        return true;
    }

    private static bool Weaken(byte[] elf, string version)
    {
        var table = (long)BitConverter.ToUInt64(elf, 40);
        var entrySize = BitConverter.ToUInt16(elf, 58);
        var count = BitConverter.ToUInt16(elf, 60);
        var changed = false;
        for (var section = 0; section < count; section++)
        {
            var header = table + (long)section * entrySize;
            if (BitConverter.ToUInt32(elf, (int)header + 4) == VersionNeedSection)
            {
                var strings = table + (long)BitConverter.ToUInt32(elf, (int)header + 40) * entrySize;
                changed |= WeakenSection(elf, (long)BitConverter.ToUInt64(elf, (int)header + 24), (long)BitConverter.ToUInt64(elf, (int)strings + 24), version);
            }
        }

        return changed;
    }

    // Verneed: version, count (2 bytes each), file, aux, next (4 each). Vernaux: hash (4), flags, other (2 each), name, next (4 each).
    private static bool WeakenSection(byte[] elf, long need, long strings, string version)
    {
        var changed = false;
        while (true)
        {
            var auxiliary = need + BitConverter.ToUInt32(elf, (int)need + 8);
            for (var left = BitConverter.ToUInt16(elf, (int)need + 2); left > 0; left--)
            {
                var flags = BitConverter.ToUInt16(elf, (int)auxiliary + 4);
                if ((flags & WeakFlag) == 0 && NameAt(elf, strings + BitConverter.ToUInt32(elf, (int)auxiliary + 8)) == version)
                {
                    BitConverter.GetBytes((ushort)(flags | WeakFlag)).CopyTo(elf, (int)auxiliary + 4);
                    changed = true;
                }

                auxiliary += BitConverter.ToUInt32(elf, (int)auxiliary + 12);
            }

            var next = BitConverter.ToUInt32(elf, (int)need + 12);
            if (next == 0)
            {
                return changed;
            }

            need += next;
        }
    }

    private static string NameAt(byte[] elf, long start)
    {
        var end = Array.IndexOf(elf, (byte)0, (int)start);
        return Encoding.ASCII.GetString(elf, (int)start, end - (int)start);
    }
}
