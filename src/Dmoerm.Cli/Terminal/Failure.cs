using System.Text.Json;
using Dmoerm.Training.Fitting;

namespace Dmoerm.Cli.Terminal;

/// <summary>What an exception means to the user: one sentence and an exit code.</summary>
internal static class Failure
{
    /// <summary>Says what went wrong on <paramref name="error"/>.</summary>
    /// <returns>1, or 2 when the command line was wrong.</returns>
    public static int Report(Exception exception, TextWriter error)
    {
        if (NativeLibraries.Explain(exception) is { } advice)
        {
            error.WriteLine($"error: {advice}");
            return 1;
        }

        error.WriteLine($"error: {Sentence(exception)}");
        if (!IsExpected(exception))
        {
            // A defect of ours: the trace is what a report needs.
            error.WriteLine(exception);
        }

        return exception is UsageException ? 2 : 1;
    }

    /// <summary>The exception's message on one line, without what only a programmer needs.</summary>
    public static string Sentence(Exception exception) => exception switch
    {
        OperationCanceledException => "stopped.",
        ArgumentException { ParamName: { } name } argument => OneLine(argument.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)),
        _ when IsExpected(exception) => OneLine(exception.Message),
        _ => $"unexpected {exception.GetType().Name}, please report it: {OneLine(exception.Message)}",
    };

    private static bool IsExpected(Exception exception) =>
        exception is UsageException or DivergedException or InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or JsonException or OperationCanceledException;

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
