namespace Dmoerm.Cli.Terminal;

/// <summary>The command line asks for what cannot be; found only after parsing, and still wrong use.</summary>
internal sealed class UsageException(string message) : Exception(message);
