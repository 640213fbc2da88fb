using System.Text;

namespace Mayfly.Engine.Tools;

/// <summary>What a chart is rendered with.</summary>
/// <param name="Release">Name of the release.</param>
/// <param name="Chart">Directory of the chart.</param>
/// <param name="ValuesFile">The composed values.</param>
/// <param name="KubeVersion">The cluster's version.</param>
/// <param name="Apis">The groups and versions that the cluster serves.</param>
/// <param name="IsUpgrade">Whether the chart is told that it upgrades.</param>
public sealed record RenderOptions(string Release, string Chart, string ValuesFile, string KubeVersion, IReadOnlyList<string> Apis, bool IsUpgrade);

public sealed partial class Helm
{
    public static IReadOnlyList<string> TemplateArguments(string release, string chart, string valuesFile) =>
        ["template", release, chart, "--values", valuesFile];

    /// <summary>As a cluster would get it: what charts look up there is found. Whose the objects there are is not helm's question here.</summary>
    public static IReadOnlyList<string> RenderArguments(RenderOptions options) =>
    [
        .. TemplateArguments(options.Release, options.Chart, options.ValuesFile), "--dry-run=server", "--take-ownership", "--kube-version", options.KubeVersion,
        .. options.Apis.Count > 0 ? ["--api-versions", string.Join(',', options.Apis)] : Array.Empty<string>(),
        .. options.IsUpgrade ? ["--is-upgrade"] : Array.Empty<string>(),
    ];

    /// <summary>The definitions in <c>crds/</c> of a chart and of the subcharts that are enabled, before everything else it makes.</summary>
    public static IReadOnlyList<string> DefinitionArguments(string release, string chart, string valuesFile) =>
        [.. TemplateArguments(release, chart, valuesFile), "--include-crds"];

    /// <summary>What a chart becomes with values without a cluster, definitions included; null when it cannot be rendered so.</summary>
    public async Task<string?> DefinitionsAsync(RenderOptions options, CancellationToken ct)
    {
        var arguments = DefinitionArguments(options.Release, options.Chart, options.ValuesFile);
        var result = await tools.RunAsync(Call([.. arguments, "--kube-version", options.KubeVersion]) with { Capture = true }, ct);
        return result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span) : null;
    }

    /// <summary>What a chart becomes with values on the cluster. It may hold secret values: it stays in memory.</summary>
    public async Task<Outcome<string>> RenderAsync(RenderOptions options, CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(RenderArguments(options)) with { Capture = true }, ct);
        return result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span) : HelmText.Failure(result.Tail);
    }

    /// <summary>What a chart becomes with values, without a cluster. It may hold secret values: it stays in memory.</summary>
    public async Task<Outcome<string>> TemplateAsync(string release, string chart, string valuesFile, CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(TemplateArguments(release, chart, valuesFile)) with { Capture = true }, ct);
        return result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span) : HelmText.Failure(result.Tail);
    }
}
