using System.Text;
using Dmoerm.Cli;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Tests.Cli;

/// <summary>Runs the command line inside the test and keeps what it wrote.</summary>
internal sealed class CapturedStreams
{
    public string Out { get; private set; } = "";

    public string Error { get; private set; } = "";

    public int Run(params string[] args) => Run("", args);

    public int Run(string input, string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(input));
        var code = DmoermCommand.Run(args, new CommandStreams { In = bytes, Out = output, Error = error });
        (Out, Error) = (output.ToString(), error.ToString());
        return code;
    }
}
