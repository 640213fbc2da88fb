using System.CommandLine;
using Mayfly.Engine.Stages;

namespace Mayfly.Cli.Commands;

/// <summary><c>mayfly stage NAME</c>: one stage of the loop.</summary>
internal static class StageCommand
{
    private static readonly string[] Names =
        [StageNames.Prune, StageNames.Reconcile, StageNames.Apply, StageNames.Preflight, StageNames.Deploy, StageNames.Verify];

    private static readonly Argument<string> Stage = CreateStage();

    public static Command Create() =>
        EnvironmentOptions.AddTo(new Command("stage", "Runs one stage of the loop.") { Stage })
            .WithAction(context => RunCommand.RunAsync(
                context, needsBranch: true, (run, ct) => run.StageAsync(context.Call.GetRequiredValue(Stage), ct)));

    private static Argument<string> CreateStage()
    {
        var stage = new Argument<string>("stage") { Description = $"One of {string.Join(", ", Names)}.", HelpName = "NAME" };
        stage.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Names.Contains(token.Value))
            {
                result.AddError($"'{token.Value}' is no stage; there are {string.Join(", ", Names)}.");
            }
        });
        return stage;
    }
}
