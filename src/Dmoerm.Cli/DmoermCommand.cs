using System.CommandLine;

namespace Dmoerm.Cli;

/// <summary>The root of the command line.</summary>
public static class DmoermCommand
{
    /// <summary>Parses the arguments and runs the verb they name.</summary>
    /// <returns>0 success, 1 failed, 2 wrong use.</returns>
    public static int Run(string[] args)
    {
        var root = new RootCommand("Train, judge and use mixture-of-experts reward models.");
        return root.Parse(args).Invoke(new() { EnableDefaultExceptionHandler = false });
    }
}
