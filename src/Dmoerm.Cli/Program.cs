using Dmoerm;
using Dmoerm.Cli;

NativeLibraries.Prepare();
return DmoermCommand.Run(args);
