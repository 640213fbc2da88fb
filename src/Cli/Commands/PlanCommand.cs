using System.CommandLine;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly plan</c>: what <c>up</c> would prune, adopt, apply and deploy; writes nothing.</summary>
internal static class PlanCommand
{
    public static Command Create() =>
        EnvironmentOptions.AddTo(new Command("plan", "Shows what 'up' would prune, adopt, apply and deploy; writes nothing."))
            .WithAction(context => RunCommand.RunAsync(context, needsBranch: true, (run, ct) => run.PlanAsync(ct)));
}
