using System.Diagnostics;
using System.Text.Json;

namespace Dmoerm.Tests.Cli;

/// <summary>The command line as a process of its own: what a shell or a trainer sees.</summary>
public sealed class ProcessTests(TinyModelFolder tiny) : IClassFixture<TinyModelFolder>
{
    [Fact]
    public async Task Score_Pipe_AnswersEachLineBeforeTheNextIsWritten()
    {
        using var process = Start("score", tiny.Model);
        for (var turn = 0; turn < 2; turn++)
        {
            await process.StandardInput.WriteLineAsync($$"""{"id": {{turn}}, "prompt": "hällo", "response": "grüße"}""");
            await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            var answer = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Equal(turn, JsonElement.Parse(answer!).GetProperty("id").GetInt32());
        }

        process.StandardInput.Close();
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("lines scored: 2.\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task WrongUse_IsExitCodeTwo()
    {
        using var process = Start("eval", tiny.Model);
        process.StandardInput.Close();
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("error: ", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public async Task Interrupt_WhileWaitingForInput_StopsWithOneSentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Sends a signal.");
        using var process = Start("score", tiny.Model);
        await process.StandardInput.WriteLineAsync("""{"prompt": "p", "response": "r"}""");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        DmoermProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Equal("error: stopped.\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static Process Start(params string[] arguments) => DmoermProcess.Start(arguments);
}
