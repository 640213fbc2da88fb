using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly down</c>: removes one environment and proves that it is gone.</summary>
internal static class DownCommand
{
    public static Command Create() =>
        EnvironmentOptions.AddTo(new Command("down", "Removes one environment and proves that it is gone."))
            .WithAction(context => RunCommand.RunAsync(context, needsBranch: false, (run, ct) => run.DownAsync(ct)));
}
