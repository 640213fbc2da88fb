using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Reads what is asked of a pod's log, and sends it as it comes.</summary>
internal static class PodLogStream
{
    public static PodLogRequest Read(JsonObject pod, Func<string, string?> query)
    {
        var (ns, name) = (pod.Text("metadata", "namespace") ?? "", pod.Text("metadata", "name") ?? "");
        var names = PodDefaults.Containers(pod.Map("spec")).Select(container => container.Text("name")!).ToList();
        var container = query("container") ?? "";
        if (container.Length == 0)
        {
            var running = pod.Items("spec", "containers").Select(one => one.Text("name")!).ToList();
            var choice = string.Join(' ', running);
            container = running.Count == 1 ? running[0]
                : throw ApiErrors.BadRequest(
                $"a container name must be specified for pod {name}, choose one of: [{choice}]");
        }
        else if (!names.Contains(container))
        {
            throw ApiErrors.BadRequest($"container {container} is not valid for pod {name}");
        }

        if (string.IsNullOrEmpty(pod.Text("spec", "nodeName")))
        {
            throw ApiErrors.BadRequest($"pod {name} does not have a host assigned");
        }

        int? Number(string field) =>
            int.TryParse(query(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new PodLogRequest(
            ns, name, container, query("follow") == "true", Number("tailLines"), query("previous") == "true",
                query("timestamps") == "true", Number("sinceSeconds"));
    }

    public static async Task StreamAsync(HttpContext http, PodLogProvider provider, PodLogRequest request,
        CancellationToken ct)
    {
        await using var stream = await OpenAsync(provider, request, ct);
        http.Response.ContentType = "text/plain";
        await http.Response.StartAsync(ct);
        await http.Response.Body.FlushAsync(ct);
        http.Features.Get<RequestOutcome>()?.Log();
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), ct);
            await http.Response.Body.FlushAsync(ct);
        }
    }

    // The kubelet's own refusal: the container has not started, its last run is not kept.
    private static async Task<Stream> OpenAsync(PodLogProvider provider, PodLogRequest request, CancellationToken ct)
    {
        try
        {
            return await provider(request, ct);
        }
        catch (InvalidOperationException error)
        {
            throw ApiErrors.BadRequest(error.Message);
        }
    }
}
