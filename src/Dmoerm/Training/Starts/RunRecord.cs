using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Dmoerm.Artefacts;
using Dmoerm.Hub;

namespace Dmoerm.Training.Starts;

/// <summary>What a run was started with and what its machine decided: written at the first start, read by every later one.</summary>
internal sealed record RunRecord
{
    /// <summary>Version of the product.</summary>
    public required string Tool { get; init; }

    /// <summary>Fingerprint of all data files.</summary>
    public required string Data { get; init; }

    /// <summary>Fingerprint of the backbone's files.</summary>
    public required string Backbone { get; init; }

    /// <summary>The model that the run grows from; null for none.</summary>
    public ModelIdentity? From { get; init; }

    /// <summary>What the recipe's names of the hub stood for: a later start takes the same commits. Null where it names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HubSource>? Hub { get; init; }

    /// <summary>Threads that tensors are computed with: sums of several threads differ in their last bits with the number.</summary>
    public required int Threads { get; init; }

    /// <summary>The trunk's states are kept on disk; false computes them anew in each step.</summary>
    public required bool KeepsTrunk { get; init; }

    /// <summary>Where the run was computed: the first machine, and one more for each move to another.</summary>
    public required IReadOnlyList<MachineEntry> Machines { get; init; }

    /// <summary>What a reader of the report should know.</summary>
    public IReadOnlyList<string> Notes => Machines.Count == 1
        ? []
        : [$"The run went on on another machine or build ({string.Join("; then ", Machines)}): its last digits are those of neither alone."];

    /// <summary>What this process would start a run with.</summary>
    /// <param name="data">Fingerprint of the data.</param>
    /// <param name="backboneFolder">The backbone's files.</param>
    /// <param name="keepsTrunk">The trunk's states fit on disk.</param>
    /// <param name="hub">What the recipe names of the hub. Of a backbone among them its own files count: others may put more into a shared cache.</param>
    public static RunRecord Now(string data, string backboneFolder, bool keepsTrunk, IReadOnlyList<HubSource> hub) => new()
    {
        Tool = ToolVersion(),
        Data = data,
        Backbone = HashOf(backboneFolder, hub.FirstOrDefault(source => source.Kind == HubKind.Model)?.Files.Select(file => file.Path).ToHashSet()),
        Hub = hub.Count > 0 ? hub : null,
        Threads = get_num_threads(),
        KeepsTrunk = keepsTrunk,
        Machines = [MachineEntry.Here()],
    };

    /// <summary>The record of a run that goes on in this process.</summary>
    /// <param name="now">What this process would start with.</param>
    /// <param name="folder">The run's folder, for error messages.</param>
    /// <exception cref="InvalidDataException">The run was started by another version, on other data, or with another backbone.</exception>
    public RunRecord GoOn(RunRecord now, string folder)
    {
        const string Advice = "choose another folder with --out, or delete this one";
        if (Tool != now.Tool)
        {
            throw new InvalidDataException($"{folder} holds a run that Dmoerm {Tool} has started, and this is {now.Tool}: finish it with that version, {Advice}.");
        }

        if (Data != now.Data)
        {
            throw new InvalidDataException($"{folder} holds a run of this recipe that was started on other data: {Advice}.");
        }

        if (Backbone != now.Backbone)
        {
            throw new InvalidDataException($"{folder} holds a run of this recipe that was started when the backbone's files were others: {Advice}.");
        }

        return Machines[^1] == now.Machines[0] ? this : this with { Machines = [.. Machines, now.Machines[0]] };
    }

    /// <summary>The product's version without the build's mark.</summary>
    public static string ToolVersion() => Informational(typeof(RunRecord).Assembly).Split('+')[0];

    internal static string Informational(Assembly assembly) => assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string HashOf(string folder, HashSet<string>? files)
    {
        var hash = new XxHash128();
        string[] endings = [".json", ".safetensors", ".jinja"];
        foreach (var path in Directory.GetFiles(folder).Where(path => endings.Contains(Path.GetExtension(path)) && files?.Contains(Path.GetFileName(path)) != false).Order(StringComparer.Ordinal))
        {
            hash.Append(System.Text.Encoding.UTF8.GetBytes($"{Path.GetFileName(path)} {FileFingerprint.Of(path)}\n"));
        }

        return hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);
    }
}

/// <summary>What of a machine and a build decides on the last bits of a result.</summary>
/// <param name="Processor">The processor.</param>
/// <param name="System">Operating system and architecture.</param>
/// <param name="Build">The library's build.</param>
/// <param name="Libtorch">The tensor library.</param>
internal sealed record MachineEntry(string Processor, string System, string Build, string Libtorch)
{
    private const string ProcessorList = "/proc/cpuinfo";

    /// <summary>This machine and build.</summary>
    public static MachineEntry Here() => new(
        ProcessorName(),
        $"{RuntimeInformation.OSDescription.Split(' ')[0]} {RuntimeInformation.ProcessArchitecture}",
        typeof(MachineEntry).Assembly.ManifestModule.ModuleVersionId.ToString("N"),
        $"TorchSharp {RunRecord.Informational(typeof(torch).Assembly).Split('+')[0]}");

    /// <inheritdoc/>
    public override string ToString() => $"{Processor}, {System}, {Libtorch}, build {Build[..8]}";

    private static string ProcessorName()
    {
        var line = File.Exists(ProcessorList) ? File.ReadLines(ProcessorList).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }
}
