using System.CommandLine;

namespace Dmoerm.Cli.Terminal;

/// <summary>A verb of the command line with what its own help says beyond one sentence.</summary>
/// <param name="name">What the user types.</param>
/// <param name="description">What it does in one sentence, for one who meets it first; the list of verbs shows it.</param>
/// <param name="example">One or more command lines that work as they stand once the file names fit.</param>
/// <param name="details">What else its help should say; empty for nothing.</param>
internal sealed class Verb(string name, string description, string example, string details = "") : Command(name, description)
{
    /// <summary>What else the help should say, one paragraph a line.</summary>
    public string Details => details;

    /// <summary>Command lines to copy.</summary>
    public string Example => example;
}
