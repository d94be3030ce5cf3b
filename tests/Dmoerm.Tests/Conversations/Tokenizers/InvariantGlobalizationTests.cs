using System.Diagnostics;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>Containers often run without ICU, where the runtime's own normalisation silently does nothing.</summary>
public sealed class InvariantGlobalizationTests
{
    private const string Variable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    [Fact]
    public async Task Encode_WithoutIcu_GivesTheSameIds()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Variable) == "1", "This is the process without ICU.");
        var start = new ProcessStartInfo("dotnet", [typeof(TinyReferenceTests).Assembly.Location, "-class", typeof(TinyReferenceTests).FullName!, "-noColor"])
        {
            RedirectStandardOutput = true,
            Environment = { [Variable] = "1" },
        };
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, output);
        Assert.Contains("Total: 48, Errors: 0, Failed: 0, Skipped: 0", output);
    }
}
