using System.CommandLine;

namespace Dmoerm.Cli;

/// <summary>A verb of the command line with an example that its help ends with.</summary>
/// <param name="name">What the user types.</param>
/// <param name="description">What it does, for one who meets it first.</param>
/// <param name="example">One or more command lines that work as they stand once the file names fit.</param>
internal sealed class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>Command lines to copy.</summary>
    public string Example => example;
}
