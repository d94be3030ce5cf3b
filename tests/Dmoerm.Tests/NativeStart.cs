using System.Runtime.CompilerServices;

namespace Dmoerm.Tests;

/// <summary>Makes the test process ready for libtorch before any test touches it, as the command line does for itself.</summary>
internal static class NativeStart
{
    [ModuleInitializer]
    internal static void Prepare() => NativeLibraries.Prepare();
}
