using CliWrap;
using CliWrap.Buffered;

namespace Mayfly.Engine.Tests.Values;

/// <summary>The two helm binaries that <c>scripts/tools.sh</c> fetches; MAYFLY_HELM3 and MAYFLY_HELM4 name others.</summary>
internal static class HelmBinary
{
    public static string Of(int major)
    {
        var home = Environment.GetEnvironmentVariable("MAYFLY_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".mayfly");
        var path = Environment.GetEnvironmentVariable($"MAYFLY_HELM{major}") ?? Path.Combine(home, "tools", $"helm-{major}", "helm");
        Assert.True(File.Exists(path), $"helm {major} is missing at {path}; scripts/tools.sh fetches it");
        return path;
    }

    /// <summary>What <c>helm template</c> makes of a chart that prints all its values; null when helm refuses the files.</summary>
    public static async Task<string?> RenderAsync(int major, string chart, IReadOnlyList<string> files, CancellationToken ct)
    {
        var result = await CliWrap.Cli.Wrap(Of(major))
            .WithArguments(["template", "release", chart, .. files.SelectMany(file => new[] { "-f", file })])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(ct);
        return result.ExitCode == 0 ? result.StandardOutput : null;
    }

    /// <summary>Writes a chart whose only output is its values as JSON.</summary>
    public static string WriteChart(string directory, string values)
    {
        Directory.CreateDirectory(Path.Combine(directory, "templates"));
        File.WriteAllText(Path.Combine(directory, "Chart.yaml"), "apiVersion: v2\nname: all\nversion: 0.1.0\n");
        File.WriteAllText(Path.Combine(directory, "values.yaml"), values);
        File.WriteAllText(
            Path.Combine(directory, "templates", "all.yaml"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}\ndata:\n  all: {{ .Values | toJson | quote }}\n");
        return directory;
    }
}
