using Mayfly.Aws;
using Mayfly.Engine;
using Mayfly.Engine.Events;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Values;

namespace Mayfly.Cli.Commands;

/// <summary>What commands that run over one environment share: the world, the run, its display and its exit code.</summary>
internal static class RunCommand
{
    /// <summary>Runs and shows; the exit code says how it ended.</summary>
    /// <param name="context">The call.</param>
    /// <param name="needsBranch">False where the branch may be gone already.</param>
    /// <param name="run">Which of the run's loops.</param>
    public static async Task<int> RunAsync(CommandContext context, bool needsBranch, Func<EnvironmentRun, CancellationToken, Task<RunEnd>> run)
    {
        // The call first: what it gets wrong is said before the local cloud is started for it.
        var identity = await context.EnvironmentAsync(needsBranch);
        var configuration = await context.ConfigurationAsync();
        var blueprint = new Blueprint(configuration, identity);
        if (needsBranch)
        {
            Check(blueprint);
        }

        var world = World.Of(configuration, context.Variables, context.Clock);
        var secrets = new SecretContract(world.Session.CreateSecretsManager(), blueprint, context.Variables.Variables, context.Redactor);
        var feed = new RunFeed(context.Clock, context.Redactor);
        var showing = context.ShowAsync(feed);
        RunEnd end;
        try
        {
            end = await run(new EnvironmentRun(world, blueprint, secrets, feed), context.Stop);
        }
        finally
        {
            feed.Complete();
            await showing;
        }

        return ExitCodes.Of(end.Ending);
    }

    // What would fail in the middle of a run, because of the configuration alone, fails before anything is touched.
    internal static void Check(Blueprint blueprint)
    {
        const int AnyMajor = 4;
        ValuesComposer.Compose(blueprint.Configuration, blueprint.Variables, AnyMajor);
        foreach (var layer in blueprint.Configuration.Terraform.Layers)
        {
            if (!Directory.Exists(blueprint.PathOf(layer.Root)))
            {
                throw new Engine.Configuration.InvalidInputException($"terraform layer '{layer.Name}': there is no folder '{layer.Root}'");
            }
        }
    }
}
