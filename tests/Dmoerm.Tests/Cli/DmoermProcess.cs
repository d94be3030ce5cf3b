using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Dmoerm.Cli;

namespace Dmoerm.Tests.Cli;

/// <summary>Runs the command line as a process of its own.</summary>
internal static partial class DmoermProcess
{
    private const int Sigint = 2;
    private const int Sigterm = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Starts it, all streams redirected.</summary>
    public static Process Start(params string[] arguments) => StartIn("", arguments);

    /// <summary>Starts it in a folder and waits for its end.</summary>
    public static async Task<(int Code, string Out, string Error)> RunIn(string folder, params string[] arguments)
    {
        using var process = StartIn(folder, arguments);
        return await Finish(process, "");
    }

    /// <summary>Sends what Ctrl-C sends, at once: starting the command <c>kill</c> on a busy machine takes longer than a short run.</summary>
    public static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, IgnoresSigint() ? Sigterm : Sigint));

    // What a shell starts in the background inherits that SIGINT is ignored, and hands it on; the product takes SIGTERM for the same.
    private static bool IgnoresSigint() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var ignored
        && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Sigint - 1))) != 0;

    private static Process StartIn(string folder, string[] arguments)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return Process.Start(new ProcessStartInfo("dotnet", [typeof(DmoermCommand).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        })!;
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<(int Code, string Out, string Error)> Run(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        return await Finish(process, input);
    }

    private static async Task<(int Code, string Out, string Error)> Finish(Process process, string input)
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, await output, await error);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
