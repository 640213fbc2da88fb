namespace Mayfly.TerraformProviders.Helm;

/// <summary>Charts that lie on this machine.</summary>
internal static class LocalCharts
{
    /// <summary>The version that a chart's folder states; null for what is no such folder.</summary>
    public static string? VersionOf(string? chart)
    {
        var file = chart is null ? "" : Path.Combine(chart, "Chart.yaml");
        return File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("version:", StringComparison.Ordinal))?["version:".Length..].Trim().Trim('"', '\'')
            : null;
    }
}
