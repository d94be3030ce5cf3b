// Compiled by MSBuild where it runs (the task below) and by the tests (the ELF part alone), so plain C# without packages.
#nullable disable
using System;
using System.IO;
using System.Text;

/// <summary>Marks one required symbol version of an ELF64 library as weak: the loader then goes on where it is missing.</summary>
internal static class ElfSymbolVersion
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Weakens the requirement in a copy.</summary>
    /// <returns>The changed copy; null where the file is no ELF64 library, has no such requirement, has it weak already, or is damaged.</returns>
    public static byte[] Weaken(byte[] library, string version)
    {
        if (library.Length < 64 || BitConverter.ToUInt32(library, 0) != 0x464c457f || library[4] != 2 || library[5] != 1)
        {
            return null;
        }

        var copy = (byte[])library.Clone();
        try
        {
            return WeakenSections(copy, version) ? copy : null;
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            return null; // An offset points outside the file. The loader judges such a file better than a build does.
        }
    }

    // ELF header: section table at 40, size and number of its entries at 58 and 60. Section: type 4, offset 24, size 32, link 40.
    private static bool WeakenSections(byte[] elf, string version)
    {
        var table = checked((long)BitConverter.ToUInt64(elf, 40));
        var entrySize = BitConverter.ToUInt16(elf, 58);
        var count = BitConverter.ToUInt16(elf, 60);
        var changed = false;
        for (var section = 0; section < count; section++)
        {
            var header = checked((int)(table + (long)section * entrySize));
            if (BitConverter.ToUInt32(elf, header + 4) == VersionNeedSection)
            {
                var names = checked((int)(table + (long)BitConverter.ToUInt32(elf, header + 40) * entrySize));
                var end = checked(OffsetAt(elf, header + 24) + OffsetAt(elf, header + 32));
                changed |= WeakenSection(elf, OffsetAt(elf, header + 24), end, OffsetAt(elf, names + 24), version);
            }
        }

        return changed;
    }

    // Verneed: version, count (2 bytes each), file, aux, next (4 each). Vernaux: hash (4), flags, other (2 each), name, next (4 each).
    private static bool WeakenSection(byte[] elf, int need, int end, int names, string version)
    {
        var changed = false;
        while (need < end)
        {
            var auxiliary = checked(need + (int)BitConverter.ToUInt32(elf, need + 8));
            for (var left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--)
            {
                var flags = BitConverter.ToUInt16(elf, auxiliary + 4);
                if ((flags & WeakFlag) == 0 && NameAt(elf, checked(names + (int)BitConverter.ToUInt32(elf, auxiliary + 8))) == version)
                {
                    BitConverter.GetBytes((ushort)(flags | WeakFlag)).CopyTo(elf, auxiliary + 4);
                    changed = true;
                }

                auxiliary = checked(auxiliary + (int)BitConverter.ToUInt32(elf, auxiliary + 12));
            }

            var next = checked((int)BitConverter.ToUInt32(elf, need + 12));
            if (next == 0)
            {
                return changed;
            }

            need = checked(need + next);
        }

        return changed;
    }

    private static int OffsetAt(byte[] elf, int position)
    {
        return checked((int)BitConverter.ToUInt64(elf, position));
    }

    private static string NameAt(byte[] elf, int start)
    {
        var end = Array.IndexOf(elf, (byte)0, start);
        return Encoding.ASCII.GetString(elf, start, end - start);
    }
}

#if !ELF_ONLY
/// <summary>Writes a copy of a library in which one required symbol version is weak.</summary>
public sealed class WeakenSymbolVersion : Microsoft.Build.Utilities.Task
{
    /// <summary>Path of the library; it is only read.</summary>
    [Microsoft.Build.Framework.Required]
    public string Library { get; set; }

    /// <summary>The version to weaken, such as GLIBCXX_3.4.32.</summary>
    [Microsoft.Build.Framework.Required]
    public string SymbolVersion { get; set; }

    /// <summary>Where the changed copy goes.</summary>
    [Microsoft.Build.Framework.Required]
    public string Copy { get; set; }

    /// <summary>Whether there is a changed copy to use in place of the library.</summary>
    [Microsoft.Build.Framework.Output]
    public bool Changed { get; set; }

    public override bool Execute()
    {
        var weakened = ElfSymbolVersion.Weaken(File.ReadAllBytes(Library), SymbolVersion);
        Changed = weakened != null;
        if (Changed && !IsWritten(weakened))
        {
            // Put in place whole: two projects of one build, or a killed one, never leave half a library.
            var partial = Copy + "." + Guid.NewGuid().ToString("N");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Copy)));
            File.WriteAllBytes(partial, weakened);
            File.Delete(Copy);
            File.Move(partial, Copy);
            Log.LogMessage("Marked " + SymbolVersion + " as weak: " + Library + " -> " + Copy);
        }

        return true;
    }

    // An equal copy keeps its time stamp, so that the build copies nothing again.
    private bool IsWritten(byte[] weakened)
    {
        return File.Exists(Copy) && Convert.ToBase64String(File.ReadAllBytes(Copy)) == Convert.ToBase64String(weakened);
    }
}
#endif
