using System.Buffers.Binary;
using System.Text;

namespace Dmoerm.Tests.House;

public sealed class ElfSymbolVersionTests
{
    private const string Wanted = "GLIBCXX_3.4.32";

    // Layout of the made file: header 0, names 64, version needs 128, section table 256 (null, needs, names).
    private const int FirstFlags = 128 + 16 + 4;
    private const int SecondFlags = FirstFlags + 16;

    [Fact]
    public void Weaken_RequirementPresent_SetsItsWeakFlagAndNothingElse()
    {
        var library = MakeLibrary("GLIBCXX_3.4", Wanted);

        var weakened = ElfSymbolVersion.Weaken(library, Wanted);

        Assert.NotNull(weakened);
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(weakened.AsSpan(SecondFlags)));
        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(weakened.AsSpan(FirstFlags)));
        weakened[SecondFlags] = 0;
        Assert.Equal(MakeLibrary("GLIBCXX_3.4", Wanted), weakened);
        Assert.Equal(MakeLibrary("GLIBCXX_3.4", Wanted), library);
    }

    [Fact]
    public void Weaken_SecondTime_ChangesNothing()
    {
        var once = ElfSymbolVersion.Weaken(MakeLibrary("GLIBCXX_3.4", Wanted), Wanted);

        Assert.NotNull(once);
        Assert.Null(ElfSymbolVersion.Weaken(once, Wanted));
    }

    [Fact]
    public void Weaken_RequirementAbsent_ChangesNothing() =>
        Assert.Null(ElfSymbolVersion.Weaken(MakeLibrary("GLIBCXX_3.4", "GLIBCXX_3.4.3"), Wanted));

    [Theory]
    [InlineData(4, 1)] // 32 bits
    [InlineData(5, 2)] // big endian
    [InlineData(0, 0)] // no ELF file
    public void Weaken_OtherKindOfFile_ChangesNothing(int position, byte value)
    {
        var library = MakeLibrary("GLIBCXX_3.4", Wanted);
        library[position] = value;

        Assert.Null(ElfSymbolVersion.Weaken(library, Wanted));
    }

    [Fact]
    public void Weaken_EveryTruncation_ChangesNothingAndDoesNotThrow()
    {
        var library = MakeLibrary("GLIBCXX_3.4", Wanted);
        for (var length = 0; length < library.Length; length++)
        {
            // The section table is last, and its third entry leads to the names: only its unread end may be missing.
            var isWhole = length >= 256 + (2 * 64) + 32;
            Assert.Equal(isWhole, ElfSymbolVersion.Weaken(library[..length], Wanted) is not null);
        }
    }

    [Fact]
    public void Weaken_EveryByteDamaged_ReturnsInsteadOfThrowing()
    {
        var library = MakeLibrary("GLIBCXX_3.4", Wanted);
        var changed = 0;
        for (var position = 0; position < library.Length; position++)
        {
            var damaged = (byte[])library.Clone();
            damaged[position] ^= 0xff;
            changed += ElfSymbolVersion.Weaken(damaged, Wanted) is null ? 0 : 1;
        }

        Assert.InRange(changed, 1, library.Length - 1);
    }

    [Fact]
    public void LibraryBesideTheTests_IsWeak()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only the Linux library has the requirement.");
        var library = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

        Assert.Contains(Wanted, Encoding.Latin1.GetString(File.ReadAllBytes(library)), StringComparison.Ordinal);
        Assert.Null(ElfSymbolVersion.Weaken(File.ReadAllBytes(library), Wanted));
    }

    // The smallest file that says "I need these two versions from one library".
    private static byte[] MakeLibrary(string first, string second)
    {
        var elf = new byte[256 + (3 * 64)];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(elf, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(40), 256);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(60), 3);

        Encoding.ASCII.GetBytes($"\0{first}\0{second}\0").CopyTo(elf, 64);
        WriteNeed(elf.AsSpan(128), nameOffsets: [1, first.Length + 2]);

        WriteSection(elf.AsSpan(256 + 64), type: 0x6ffffffe, offset: 128, size: 48, link: 2);
        WriteSection(elf.AsSpan(256 + 128), type: 3, offset: 64, size: 64, link: 0);
        return elf;
    }

    private static void WriteNeed(Span<byte> need, int[] nameOffsets)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(need, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(need[2..], (ushort)nameOffsets.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(need[8..], 16);
        for (var i = 0; i < nameOffsets.Length; i++)
        {
            var auxiliary = need[(16 + (16 * i))..];
            BinaryPrimitives.WriteUInt32LittleEndian(auxiliary[8..], (uint)nameOffsets[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(auxiliary[12..], i + 1 < nameOffsets.Length ? 16u : 0u);
        }
    }

    private static void WriteSection(Span<byte> section, uint type, ulong offset, ulong size, uint link)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(section[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(section[24..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(section[32..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(section[40..], link);
    }
}
