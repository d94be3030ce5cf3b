using Dmoerm.Artefacts;

namespace Dmoerm.Cli.Inspecting;

/// <summary>What was looked at, and what is wrong.</summary>
/// <param name="Full">Every byte was read; otherwise names and lengths only.</param>
/// <param name="Files">Files looked at.</param>
/// <param name="Faults">What is wrong with them, by name.</param>
internal sealed record Verification(bool Full, int Files, IReadOnlyList<FileFault> Faults);
