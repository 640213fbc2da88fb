using System.Text;

namespace Mayfly.Engine.Tools;

public sealed partial class Helm
{
    public static IReadOnlyList<string> TemplateArguments(string release, string chart, string valuesFile) =>
        ["template", release, chart, "--values", valuesFile];

    /// <summary>What a chart becomes with values, without a cluster. It may hold secret values: it stays in memory.</summary>
    public async Task<Outcome<string>> TemplateAsync(string release, string chart, string valuesFile, CancellationToken ct)
    {
        var result = await tools.RunAsync(Call(TemplateArguments(release, chart, valuesFile)) with { Capture = true }, ct);
        return result.ExitCode == 0 ? Encoding.UTF8.GetString(result.Output.Span) : ToolFailure.Of("helm", result.TailText);
    }
}
