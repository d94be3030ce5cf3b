using System.Runtime.CompilerServices;

// Not side by side: TorchSharp 0.107 makes a Scalar for the number in "tensor + tensor" and may let the finaliser free it during the native
// call, when another thread's allocation starts a collection in that moment (seen once: docs/log.md).
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Dmoerm.Tests;

/// <summary>One thread for libtorch: the tests' tensors are tiny.</summary>
internal static class OneThread
{
    [ModuleInitializer]
    internal static void Set() => set_num_threads(1);
}
