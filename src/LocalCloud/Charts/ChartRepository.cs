using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mayfly.LocalCloud.Charts;

/// <summary>
/// The Helm repositories of the stand-in charts, a path each: <c>/charts/external-secrets</c>, <c>/charts/eks</c>,
/// <c>/charts/external-dns</c>. Nothing is packed before it is asked for.
/// </summary>
public sealed class ChartRepository
{
    private readonly ILookup<string, ChartArchive> _archives = ChartSource.LoadAll()
        .SelectMany(source => source.Versions.Select(version => (source.Repository, Archive: new ChartArchive(source, version.Version, version.AppVersion))))
        .ToLookup(chart => chart.Repository, chart => chart.Archive);

    /// <summary>The repositories' names.</summary>
    public IEnumerable<string> Repositories => _archives.Select(repository => repository.Key);

    /// <summary>The charts of a repository.</summary>
    public IEnumerable<ChartArchive> ChartsOf(string repository) => _archives[repository];

    /// <summary>The index of a repository as Helm reads it; null when there is no such repository.</summary>
    public string? IndexOf(string repository)
    {
        if (!_archives.Contains(repository))
        {
            return null;
        }

        var index = new StringBuilder("apiVersion: v1\nentries:\n");
        foreach (var chart in _archives[repository].GroupBy(archive => archive.Name))
        {
            index.Append($"  {chart.Key}:\n");
            foreach (var archive in chart)
            {
                index.Append($"  - apiVersion: v2\n    name: {archive.Name}\n    type: application\n    version: \"{archive.Version}\"\n")
                    .Append($"    appVersion: \"{archive.AppVersion}\"\n    created: \"2025-01-01T00:00:00Z\"\n    digest: {archive.Digest}\n")
                    .Append($"    urls:\n    - {archive.FileName}\n");
            }
        }

        return index.Append("generated: \"2025-01-01T00:00:00Z\"\n").ToString();
    }

    /// <summary>The archive of that file name; null when the repository has none.</summary>
    public ChartArchive? Find(string repository, string fileName) =>
        _archives[repository].FirstOrDefault(archive => archive.FileName == fileName);
}

/// <summary>Serves the chart repositories.</summary>
public static class ChartEndpoints
{
    /// <summary>Maps <c>/charts/REPOSITORY/index.yaml</c> and the archives beside it.</summary>
    public static void MapCharts(this IEndpointRouteBuilder endpoints, ChartRepository charts)
    {
        endpoints.MapGet("/charts/{repository}/index.yaml", (HttpContext http, string repository) =>
            charts.IndexOf(repository) is { } index
                ? WriteAsync(http, "text/yaml", Encoding.UTF8.GetBytes(index))
                : NotFound(http));
        endpoints.MapGet("/charts/{repository}/{file}", (HttpContext http, string repository, string file) =>
            charts.Find(repository, file) is { } archive
                ? WriteAsync(http, "application/gzip", archive.Bytes)
                : NotFound(http));
    }

    private static Task WriteAsync(HttpContext http, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
