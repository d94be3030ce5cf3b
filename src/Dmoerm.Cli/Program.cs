using Dmoerm;
using Dmoerm.Cli;

NativeLibraries.Prepare();
try
{
    return DmoermCommand.Run(args);
}
catch (Exception failure) when (NativeLibraries.Explain(failure) is { } advice)
{
    Console.Error.WriteLine(advice);
    return 1;
}
