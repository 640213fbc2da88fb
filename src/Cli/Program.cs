using Mayfly.Cli;

return await CommandLine.RunAsync(args);
