using HeteroAgent.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
