using Spectre.Console;

namespace Dmoerm.Cli.Terminal;

/// <summary>Shows how far a verb has come: bars on a terminal, lines at intervals otherwise; always on standard error.</summary>
internal sealed class ProgressDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(0.2);

    private readonly CommandStreams _streams;
    private readonly IAnsiConsole? _console;
    private readonly ProgressContext? _bars;
    private readonly Dictionary<string, ProgressTask> _tasks = [];
    private readonly Lock _lock = new();
    private long _written = TimeProvider.System.GetTimestamp();

    private ProgressDisplay(CommandStreams streams, IAnsiConsole? console = null, ProgressContext? bars = null)
    {
        _streams = streams;
        _console = console;
        _bars = bars;
    }

    /// <summary>Runs work that reports its progress.</summary>
    /// <param name="streams">Where to show it.</param>
    /// <param name="work">Gets the display to report to.</param>
    /// <returns>What the work returns.</returns>
    public static T Run<T>(CommandStreams streams, Func<ProgressDisplay, T> work)
    {
        if (!streams.ErrorIsTerminal)
        {
            return work(new ProgressDisplay(streams));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(streams.Error) });
        return console.Progress()
            .AutoClear(true)
            // No thread of its own: its allocations could start a collection while TorchSharp is in a native call (docs/log.md).
            .AutoRefresh(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(bars => work(new ProgressDisplay(streams, console, bars)));
    }

    /// <summary>Says how far a stage has come. The first report of a stage starts it, <paramref name="done"/> = <paramref name="total"/> ends it.</summary>
    /// <param name="stage">What is being done; one bar each.</param>
    /// <param name="done">How much of it is done.</param>
    /// <param name="total">How much there is.</param>
    /// <param name="detail">A figure worth watching, such as the loss.</param>
    public void Report(string stage, double done, double total, string? detail = null)
    {
        lock (_lock)
        {
            if (_bars is not null)
            {
                Move(_bars, stage, done, total, detail);
            }
            else if (done >= total || TimeProvider.System.GetElapsedTime(_written) >= Interval)
            {
                _written = TimeProvider.System.GetTimestamp();
                _streams.Error.WriteLine(FormattableString.Invariant($"{stage}: {done:0} of {total:0}{(detail is null ? "" : $", {detail}")}"));
            }
        }
    }

    /// <summary>Says something once, above the bars.</summary>
    public void Line(string text)
    {
        lock (_lock)
        {
            if (_console is null)
            {
                _streams.Error.WriteLine(text);
            }
            else
            {
                _console.WriteLine(text);
            }
        }
    }

    private void Move(ProgressContext bars, string stage, double done, double total, string? detail)
    {
        if (!_tasks.TryGetValue(stage, out var task))
        {
            task = _tasks[stage] = bars.AddTask(Markup.Escape(stage));
        }

        task.MaxValue = Math.Max(total, 1);
        task.Value = total == 0 ? 1 : done;
        task.Description = Markup.Escape(detail is null ? stage : $"{stage}, {detail}");
        if (done >= total || TimeProvider.System.GetElapsedTime(_written) >= Refresh)
        {
            _written = TimeProvider.System.GetTimestamp();
            bars.Refresh();
        }
    }
}
