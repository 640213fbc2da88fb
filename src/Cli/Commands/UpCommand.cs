using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly up</c>: converges one environment and prints its address.</summary>
internal static class UpCommand
{
    public static Command Create() =>
        EnvironmentOptions.AddTo(new Command("up", "Converges one environment until people can reach it, and prints its URL."))
            .WithAction(context => RunCommand.RunAsync(context, needsBranch: true, (run, ct) => run.UpAsync(ct)));
}
