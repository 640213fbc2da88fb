using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Mayfly.LocalCloud.Tests.Charts;

/// <summary>The helm binaries of both majors, where <c>./test</c> has put them.</summary>
internal static class HelmTool
{
    public static TheoryData<string> Majors => new("3", "4");

    /// <summary>Where a major is.</summary>
    public static string Binary(string major) => Environment.GetEnvironmentVariable($"MAYFLY_HELM{major}")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly", "tools", $"helm-{major}", "helm");

    /// <summary>Runs helm with a home of its own.</summary>
    public static async Task<string> RunAsync(string major, string home, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var result = await Cli.Wrap(Binary(major))
            .WithArguments(arguments)
            .WithEnvironmentVariables(environment => environment
                .Set("HELM_CACHE_HOME", Path.Combine(home, "cache"))
                .Set("HELM_CONFIG_HOME", Path.Combine(home, "config"))
                .Set("HELM_DATA_HOME", Path.Combine(home, "data")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, ct);
        Assert.True(result.ExitCode == 0, $"helm {string.Join(' ', arguments)}: {result.StandardError}");
        return result.StandardOutput;
    }
}
