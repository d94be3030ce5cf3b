using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace Dmoerm;

/// <summary>Makes the process ready for libtorch, and says in one sentence what is missing where it does not load.</summary>
/// <remarks>At the library's root because every stage stands on it; it knows none of them.</remarks>
public static partial class NativeLibraries
{
    private const string InstructionLimit = "ONEDNN_MAX_CPU_ISA";
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    // <malloc.h> of glibc: free memory at the heap's end that goes back to the system (-1: none does); blocks that get a mapping of their own.
    private const int TrimThreshold = -1;
    private const int MaximumMappings = -4;

    /// <summary>Sets what libtorch reads when it loads. Call it before the first tensor; calling it again changes nothing.</summary>
    /// <remarks>
    /// Where the processor announces AMX without a tile palette (some virtual machines), oneDNN is kept below AMX: its first
    /// bfloat16 product would die with "Illegal instruction". A limit that the user set stays.
    /// Threads that wait for work sleep instead of spinning, unless the user chose: where other processes want the same cores, spinning
    /// threads hold up those that compute, ten times over for small models. Results do not change.
    /// On glibc, freed memory is kept for the next tensor instead of going back to the system: <c>docs/log.md</c> has the measurement.
    /// Source: ours.
    /// </remarks>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        if (LimitFor(ReadTiles(), Environment.GetEnvironmentVariable(InstructionLimit)) is { } limit)
        {
            // Not Environment.SetEnvironmentVariable: it keeps a copy that native getenv does not see.
            _ = SetEnvironment(InstructionLimit, limit, 0);
        }

        _ = SetEnvironment(WaitPolicy, "passive", 0);

        if (NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "mallopt", out _))
        {
            _ = SetAllocator(MaximumMappings, 0);
            _ = SetAllocator(TrimThreshold, -1);
        }
    }

    /// <summary>Says what to install when a native library is the cause of a failure.</summary>
    /// <param name="failure">What was caught.</param>
    /// <returns>One sentence; null where native libraries are not the cause.</returns>
    public static string? Explain(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return IsLoadFailure(failure) ? Describe(Probe(AppContext.BaseDirectory)) : null;
    }

    /// <summary>The limit that oneDNN needs, from what the processor says.</summary>
    /// <param name="tiles">Whether AMX is announced, and the highest tile palette.</param>
    /// <param name="chosen">The user's own limit; null for none.</param>
    /// <returns>The limit to set; null for none.</returns>
    internal static string? LimitFor((bool Announced, int HighestPalette) tiles, string? chosen) =>
        tiles is { Announced: true, HighestPalette: 0 } && string.IsNullOrEmpty(chosen) ? "AVX512_CORE_BF16" : null;

    /// <summary>Turns the loader's complaint into the sentence for the user.</summary>
    /// <param name="complaint">What the loader said; null where libtorch is not there at all; empty where it loads.</param>
    internal static string Describe(string? complaint)
    {
        if (complaint is null)
        {
            return $"libtorch is not beside the program: add the NuGet package {Package()} (the version that TorchSharp names) to the application and build it again.";
        }

        if (MissingLibrary().Match(complaint) is { Success: true } missing)
        {
            var file = missing.Groups[1].Value;
            return DebianPackage(file) is { } package
                ? $"libtorch does not load because {file} is missing: install it (on Debian and Ubuntu: apt-get install {package})."
                : $"libtorch does not load because {file} is missing: restore the NuGet package {Package()} and build again.";
        }

        return MissingVersion().Match(complaint) is { Success: true } version
            ? $"libtorch does not load because this system lacks {version.Groups[1].Value}: build with the Dmoerm package's build targets, or install a newer libstdc++6 and libc6."
            : $"libtorch does not load: check that the NuGet package {Package()} fits this system and TorchSharp's version{(complaint.Length == 0 ? "." : $" ({complaint}).")}";
    }

    /// <summary>Whether an exception, or one inside it, is a native library that does not load.</summary>
    internal static bool IsLoadFailure(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            var isTorch = e is TypeInitializationException { TypeName: var type } && type.StartsWith("TorchSharp.", StringComparison.Ordinal);
            var isAdvice = e is NotSupportedException && e.Message.Contains("libtorch", StringComparison.OrdinalIgnoreCase);
            if (isTorch || isAdvice || e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Loads libtorch by its path to hear the loader's own words, which TorchSharp leaves out.</summary>
    /// <returns>The complaint; null where the files are not there; empty where they load.</returns>
    internal static string? Probe(string folder)
    {
        var native = Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var places = new[] { folder, native, Path.Combine(folder, "runtimes", "linux-x64", "native") };
        var names = OperatingSystem.IsWindows() ? new[] { "torch_cpu.dll", "LibTorchSharp.dll" }
            : OperatingSystem.IsMacOS() ? ["libtorch_cpu.dylib", "libLibTorchSharp.dylib"]
            : ["libtorch_cpu.so", "libLibTorchSharp.so"];
        foreach (var name in names)
        {
            if (Array.Find(places, place => File.Exists(Path.Combine(place, name))) is not { } found)
            {
                return null;
            }

            try
            {
                _ = NativeLibrary.Load(Path.Combine(found, name));
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return e.Message.ReplaceLineEndings(" ").Trim();
            }
        }

        return string.Empty;
    }

    private static (bool Announced, int HighestPalette) ReadTiles()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 0x1d)
        {
            return (false, 0);
        }

        // Leaf 7, EDX bit 24: AMX-TILE. Leaf 0x1d, EAX: the highest palette; 0 means that there are no tiles after all.
        var isAnnounced = (X86Base.CpuId(7, 0).Edx & (1 << 24)) != 0;
        return (isAnnounced, isAnnounced ? X86Base.CpuId(0x1d, 0).Eax : 0);
    }

    private static string Package() => OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64"
        : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    private static string? DebianPackage(string file) => file switch
    {
        _ when file.StartsWith("libgomp.so", StringComparison.Ordinal) => "libgomp1",
        _ when file.StartsWith("libstdc++.so", StringComparison.Ordinal) => "libstdc++6",
        _ when file.StartsWith("libgcc_s.so", StringComparison.Ordinal) => "libgcc-s1",
        _ => null,
    };

    [GeneratedRegex(@"(lib[\w+.-]+\.so[\w.]*): cannot open shared object file")]
    private static partial Regex MissingLibrary();

    [GeneratedRegex(@"version `([\w.]+)' not found")]
    private static partial Regex MissingVersion();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);
}
