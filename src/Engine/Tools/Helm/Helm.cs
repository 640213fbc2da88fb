using System.Globalization;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tools;

/// <summary>
/// The helm binary, major 3 or 4, bound to one kubeconfig and namespace. Values go in by file, never as arguments.
/// </summary>
public sealed partial class Helm(IToolRunner tools, string binary, string kubeconfig, string @namespace, ToolEnvironment outer)
{
    // An interrupted helm marks its release as failed; half a minute is enough for that one write.
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(30);

    private ToolCall Call(IEnumerable<string> arguments) => new("helm", binary,
        [.. arguments, "--namespace", @namespace, .. kubeconfig.Length > 0 ? ["--kubeconfig", kubeconfig] : Array.Empty<string>()])
    {
        Environment = EnvironmentFor(outer),
        KillAfter = KillAfter,
    };

    private async Task<Outcome<Done>> RunAsync(IEnumerable<string> arguments, StageReporter reporter, CancellationToken ct)
    {
        // Standard output holds the release's notes, which may name secrets; only what helm says of its work is shown.
        var result = await tools.RunAsync(Call(arguments) with { OnErrorLine = line => reporter.Line("helm", line) }, ct);
        return result.ExitCode == 0 ? new Done() : HelmText.Failure(result.Tail);
    }

    /// <summary>What helm sees: the outer environment without what would send it to another cluster or change its output.</summary>
    public static IReadOnlyDictionary<string, string?> EnvironmentFor(ToolEnvironment outer)
    {
        var environment = outer.Variables.Keys
            .Where(name => name.StartsWith("HELM_KUBE", StringComparison.Ordinal)
                || name is "HELM_NAMESPACE" or "HELM_DEBUG" or "HELM_DRIVER" or "KUBECONFIG")
            .ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        return environment;
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture) + "s";
}
