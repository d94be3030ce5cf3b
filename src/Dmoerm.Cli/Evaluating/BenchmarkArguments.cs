using System.CommandLine;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data.Texts;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Hub;

namespace Dmoerm.Cli.Evaluating;

/// <summary>The option <c>--benchmark</c>: names of benchmarks and their files.</summary>
internal sealed class BenchmarkArguments
{
    /// <summary>The option.</summary>
    public Option<string[]> Option { get; } = new("--benchmark", "-b")
    {
        Description = $"A benchmark in its own file, a folder of them, or data of the hub, scored by its own rule: {string.Join(", ", KnownBenchmarks.Names)}. May be given more than once, for one benchmark too.",
        HelpName = "NAME=FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>What was named: each benchmark once, with all its files.</summary>
    /// <exception cref="UsageException">No <c>=</c>, a name that is not known, or a file that is not there.</exception>
    public IReadOnlyList<(string Name, string[] Files)> Read(ParseResult arguments) =>
        [.. (arguments.GetValue(Option) ?? []).Select(Split).GroupBy(one => one.Name).Select(benchmark => (benchmark.Key, benchmark.Select(one => one.Path).ToArray()))];

    private static (string Name, string Path) Split(string text)
    {
        if (text.Split('=', 2) is not [var name, { Length: > 0 } path])
        {
            throw new UsageException($"--benchmark: expected NAME=FILE, came '{text}'.");
        }

        if (!KnownBenchmarks.Names.Contains(name))
        {
            throw new UsageException($"--benchmark: '{name}' is not known: expected one of {string.Join(", ", KnownBenchmarks.Names)} (nearest: '{NearestName.Of(name, KnownBenchmarks.Names)}').");
        }

        return Path.Exists(path) || HubReference.Data(path) is not null ? (name, path) : throw new UsageException($"--benchmark: {path}: no such file or folder; rows of {name} were expected there.");
    }
}
