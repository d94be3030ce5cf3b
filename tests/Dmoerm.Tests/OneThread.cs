using System.Runtime.CompilerServices;

namespace Dmoerm.Tests;

/// <summary>One thread for libtorch: the tests' tensors are tiny, and test classes run side by side already.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => set_num_threads(1);
}
