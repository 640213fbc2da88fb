using System.Reflection;

namespace Mayfly.LocalCloud.Charts;

/// <summary>The sources of a stand-in chart as they lie under <c>Charts/Sources/REPOSITORY/CHART</c>, built into the assembly.</summary>
/// <param name="Repository">The repository that serves it.</param>
/// <param name="Name">The chart's name.</param>
/// <param name="Files">Its files by their path in the chart.</param>
/// <param name="Versions">The versions it is offered in, newest first, each with the version of what it installs.</param>
public sealed record ChartSource(
    string Repository, string Name, IReadOnlyList<(string Path, string Text)> Files, IReadOnlyList<(string Version, string AppVersion)> Versions)
{
    private const string Root = "charts/";
    private const string VersionList = "versions.txt";

    /// <summary>All charts of the project.</summary>
    public static IReadOnlyList<ChartSource> LoadAll()
    {
        var assembly = typeof(ChartSource).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Root, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => (Name: name, Parts: name[Root.Length..].Split('/', 3)))
                .GroupBy(resource => (Repository: resource.Parts[0], Chart: resource.Parts[1]))
                .Select(chart => Load(assembly, chart.Key.Repository, chart.Key.Chart, [.. chart.Select(file => (file.Parts[2], file.Name))])),
        ];
    }

    private static ChartSource Load(Assembly assembly, string repository, string name, IReadOnlyList<(string Path, string Resource)> files)
    {
        var texts = files.Select(file => (file.Path, Text: Read(assembly, file.Resource))).ToList();
        var versions = texts.Single(file => file.Path == VersionList).Text
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' '))
            .Select(line => (line[0], line[1]));
        return new ChartSource(repository, name, [.. texts.Where(file => file.Path != VersionList)], [.. versions]);
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
