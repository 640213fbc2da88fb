using CliWrap;
using CliWrap.Buffered;

namespace Mayfly.Engine.Tests.Cli;

/// <summary>The built command line, run as people run it.</summary>
internal static class MayflyProcess
{
    /// <summary>A call in a folder that is also Mayfly's own folder; no variable of a workflow or of AWS reaches it.</summary>
    public static Command In(TestFolder folder, params string[] arguments) =>
        CliWrap.Cli.Wrap(Path.Combine(AppContext.BaseDirectory, "mayfly"))
            .WithArguments(arguments)
            .WithWorkingDirectory(folder.Path)
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables =>
            {
                foreach (var name in new[] { "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_HEAD_REF", "AWS_PROFILE", "AWS_ENDPOINT_URL" })
                {
                    variables.Set(name, null);
                }

                variables.Set("MAYFLY_HOME", folder.At("home")).Set("AWS_EC2_METADATA_DISABLED", "true").Set("HOME", folder.Path);
            });

    /// <summary>Runs a call to its end.</summary>
    public static async Task<BufferedCommandResult> RunAsync(TestFolder folder, params string[] arguments) =>
        await In(folder, arguments).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
}
