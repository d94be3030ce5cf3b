using Dmoerm.Cli;

return DmoermCommand.Run(args);
