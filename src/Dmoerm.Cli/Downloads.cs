using System.Globalization;
using Dmoerm.Cli.Drafts;
using Dmoerm.Cli.Terminal;
using Dmoerm.Hub;

namespace Dmoerm.Cli;

/// <summary>Models and data that a command line names: local files and folders as they are, names of the hub downloaded.</summary>
internal static class Downloads
{
    private const double Kilo = 1e3;
    private const double Mega = 1e6;

    /// <summary>The folder of a model.</summary>
    /// <param name="streams">Where progress is shown.</param>
    /// <param name="name">A folder, or <c>org/name[@revision]</c>; what is neither stays as it is, for its reader to refuse.</param>
    /// <exception cref="UsageException">The name is empty.</exception>
    public static string Model(CommandStreams streams, string name) =>
        IsBlank(name) ? throw new UsageException("Expected the name of a model or a folder, came an empty text.")
        : !Path.Exists(name) && HubReference.Model(name) is { } reference ? ProgressDisplay.Run(streams, display => Hub(streams, display).Get(reference)).Folder : name;

    /// <summary>The files of data, each with the name that it came by.</summary>
    /// <param name="streams">Where progress is shown.</param>
    /// <param name="names">Files, or <c>org/name[@revision][:config/split]</c>.</param>
    /// <exception cref="UsageException">A name is empty.</exception>
    public static IReadOnlyList<NamedFile> Data(CommandStreams streams, IReadOnlyList<string> names)
    {
        if (names.Any(IsBlank))
        {
            throw new UsageException("Expected the name of a file or of data, came an empty text.");
        }

        if (names.All(name => Path.Exists(name) || HubReference.Data(name) is null))
        {
            return [.. names.Select(name => new NamedFile(name, name))];
        }

        return ProgressDisplay.Run(streams, display =>
        {
            var hub = Hub(streams, display);
            return names.SelectMany(name => !Path.Exists(name) && HubReference.Data(name) is { } reference
                ? hub.Get(reference).Paths.Select(path => new NamedFile(path, name))
                : [new NamedFile(name, name)]).ToArray();
        });
    }

    private static bool IsBlank(string name) => name.AsSpan().Trim().IsEmpty;

    /// <summary>The paths of data.</summary>
    public static string[] Paths(CommandStreams streams, IReadOnlyList<string> names) => [.. Data(streams, names).Select(file => file.Path)];

    /// <summary>Downloads as the environment says, and shows how far it is.</summary>
    public static HubDownload Hub(CommandStreams streams, ProgressDisplay display) => new(HubSettings.FromEnvironment())
    {
        Progress = step =>
        {
            var (unit, size) = step.Total < 10 * Mega ? ("kB", Kilo) : ("MB", Mega);
            display.Report(string.Create(CultureInfo.InvariantCulture, $"downloading {step.Name}, {unit}"), step.Done / size, step.Total / size, step.File);
        },
        Warn = display.Line,
        Cancellation = streams.Stopped,
    };
}

/// <summary>A file of data.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">How the user named it: the same, or a name of the hub.</param>
internal sealed record NamedFile(string Path, string Name)
{
    /// <summary>It did not come from the hub.</summary>
    public bool IsLocal => Path == Name;

    /// <summary>What a recipe or a category is named after it: the file without endings, or the repository.</summary>
    public string ShortName => !IsLocal && HubReference.Data(Name) is { } reference ? RecipeName.Clean(reference.ShortName) : RecipeName.OfFile(Name);
}
