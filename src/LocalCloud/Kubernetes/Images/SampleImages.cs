using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Images;

/// <summary>The images of the sample application, and some that fail in the ways that applications do.</summary>
public static class SampleImages
{
    /// <summary>Adds them all.</summary>
    public static ImageCatalog AddSampleImages(this ImageCatalog catalog) => catalog
        .Add("jetscale/web", new WebImage())
        .Add("jetscale/backend", new BackendImage())
        .Add("jetscale/task", new TaskImage())
        .Add("jetscale/crash", new CrashImage())
        .Add("jetscale/never-ready", new NeverReadyImage());

    /// <summary>The port a container serves on: the one it declares, else <c>PORT</c>, else 8080.</summary>
    internal static int PortOf(ContainerContext container) =>
        container.Container.Ports is [{ ContainerPort: var port }, ..] ? port
        : int.TryParse(container.Environment.GetValueOrDefault("PORT"), CultureInfo.InvariantCulture, out var number) ? number
        : 8080;

    /// <summary>Which environment a container belongs to: what it was told, else its namespace.</summary>
    internal static string EnvironmentOf(ContainerContext container) => FirstSet(container, "MAYFLY_ENVIRONMENT", "ENVIRONMENT") ?? container.Pod.Metadata.NamespaceProperty;

    /// <summary>Which commit a container runs: what it was told, else its image's tag.</summary>
    internal static string CommitOf(ContainerContext container)
    {
        var name = container.Container.Image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return FirstSet(container, "MAYFLY_COMMIT", "COMMIT") ?? (colon > name.LastIndexOf('/') ? name[(colon + 1)..] : "latest");
    }

    private static string? FirstSet(ContainerContext container, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (container.Environment.GetValueOrDefault(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }

    internal static async Task<int> UntilStoppedAsync(CancellationToken stopped)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    internal static Task WriteVersionAsync(HttpContext http, string environment, string commit, string pod)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["environment"] = environment,
            ["commit"] = commit,
            ["pod"] = pod,
        }));
    }
}

/// <summary><c>jetscale/web</c>: a page that names its environment and commit, <c>/version</c> as JSON, <c>/healthz</c>.</summary>
public sealed class WebImage : IImage
{
    /// <inheritdoc />
    public async Task<int> RunAsync(ContainerContext container, CancellationToken stopped)
    {
        var (environment, commit, port) = (SampleImages.EnvironmentOf(container), SampleImages.CommitOf(container), SampleImages.PortOf(container));
        var page = Page(environment, commit, container.Environment.GetValueOrDefault("TENANT", ""));
        await using var server = await PodServer.StartAsync(container, port, AnswerAsync, null, stopped);
        await container.Log.WriteLineAsync($"listening on :{port}, environment {environment}, commit {commit}");
        return await SampleImages.UntilStoppedAsync(stopped);

        async Task AnswerAsync(HttpContext http)
        {
            http.Response.Headers["x-commit"] = commit;
            http.Response.Headers.CacheControl = "no-store";
            switch (http.Request.Path.Value)
            {
                case "/healthz":
                    await http.Response.WriteAsync("ok");
                    return;
                case "/version":
                    await SampleImages.WriteVersionAsync(http, environment, commit, container.Pod.Metadata.Name);
                    break;
                case "/":
                    http.Response.ContentType = "text/html; charset=utf-8";
                    await http.Response.WriteAsync(page);
                    break;
                default:
                    http.Response.StatusCode = StatusCodes.Status404NotFound;
                    break;
            }

            await container.Log.WriteLineAsync($"{http.Request.Method} {http.Request.Path} {http.Response.StatusCode}");
        }
    }

    private static string Page(string environment, string commit, string tenant)
    {
        var (name, version, owner) = (HtmlEncoder.Default.Encode(environment), HtmlEncoder.Default.Encode(commit), HtmlEncoder.Default.Encode(tenant));
        return $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>{name}</title><meta name="commit" content="{version}"></head>
            <body><h1>{name}</h1><p>Commit <code>{version}</code></p><p>Tenant {owner}</p></body>
            </html>

            """;
    }
}

/// <summary><c>jetscale/backend</c>: needs its secrets, and says which one is missing before it gives up.</summary>
public sealed class BackendImage : IImage
{
    private static readonly string[] Needed =
    [
        "DB_USER", "DB_PASSWORD", "REDIS_PASSWORD",
        "JETSCALE_CLIENT_AWS_REGION", "JETSCALE_CLIENT_AWS_ROLE_ARN", "JETSCALE_CLIENT_AWS_ROLE_EXTERNAL_ID",
    ];

    /// <inheritdoc />
    public async Task<int> RunAsync(ContainerContext container, CancellationToken stopped)
    {
        var missing = Needed.Where(name => string.IsNullOrEmpty(container.Environment.GetValueOrDefault(name))).ToList();
        if (missing.Count > 0)
        {
            await container.Log.WriteLineAsync($"fatal: missing configuration: {string.Join(", ", missing)}");
            return 1;
        }

        var (environment, commit, port) = (SampleImages.EnvironmentOf(container), SampleImages.CommitOf(container), SampleImages.PortOf(container));
        await using var server = await PodServer.StartAsync(container, port, AnswerAsync, null, stopped);
        await container.Log.WriteLineAsync($"backend ready on :{port}, environment {environment}, commit {commit}");
        return await SampleImages.UntilStoppedAsync(stopped);

        Task AnswerAsync(HttpContext http)
        {
            http.Response.Headers["x-commit"] = commit;
            return http.Request.Path.Value is "/healthz"
                ? http.Response.WriteAsync("ok")
                : SampleImages.WriteVersionAsync(http, environment, commit, container.Pod.Metadata.Name);
        }
    }
}

/// <summary>
/// <c>jetscale/task</c>: runs once. It ends with the code that <c>EXIT_CODE</c> or the argument <c>--exit N</c> says, 0 without; before
/// that it waits as many seconds as <c>SLEEP_SECONDS</c> or <c>--sleep N</c> says.
/// </summary>
public sealed class TaskImage : IImage
{
    /// <inheritdoc />
    public async Task<int> RunAsync(ContainerContext container, CancellationToken stopped)
    {
        await container.Log.WriteLineAsync($"task {string.Join(' ', container.Arguments)}".TrimEnd());
        if (double.TryParse(Setting(container, "SLEEP_SECONDS", "--sleep"), CultureInfo.InvariantCulture, out var seconds))
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), container.Cloud.Clock, stopped);
        }

        var code = int.TryParse(Setting(container, "EXIT_CODE", "--exit"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 0;
        await container.Log.WriteLineAsync(code == 0 ? "task done" : $"task failed with {code}");
        return code;
    }

    private static string? Setting(ContainerContext container, string variable, string argument)
    {
        var place = container.Arguments.ToList().IndexOf(argument);
        return place >= 0 && place + 1 < container.Arguments.Count ? container.Arguments[place + 1] : container.Environment.GetValueOrDefault(variable);
    }
}

/// <summary><c>jetscale/crash</c>: dies at once.</summary>
public sealed class CrashImage : IImage
{
    /// <inheritdoc />
    public async Task<int> RunAsync(ContainerContext container, CancellationToken stopped)
    {
        await container.Log.WriteLineAsync("panic: cannot start: no such table: tenants");
        return 2;
    }
}

/// <summary><c>jetscale/never-ready</c>: serves, but its health check says 503 for ever.</summary>
public sealed class NeverReadyImage : IImage
{
    /// <inheritdoc />
    public async Task<int> RunAsync(ContainerContext container, CancellationToken stopped)
    {
        await using var server = await PodServer.StartAsync(container, SampleImages.PortOf(container), AnswerAsync, null, stopped);
        await container.Log.WriteLineAsync("waiting for the database");
        return await SampleImages.UntilStoppedAsync(stopped);

        static Task AnswerAsync(HttpContext http)
        {
            http.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            return http.Response.WriteAsync("the database does not answer");
        }
    }

    /// <inheritdoc />
    public Task<int> ExecAsync(ContainerContext container, IReadOnlyList<string> command, CancellationToken ct) => Task.FromResult(1);
}
