using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Finds the service behind an address of the cluster: its own address, or that of one of its endpoints.</summary>
internal sealed class ClusterAddresses(HttpClient client, string token)
{
    public async Task<ServiceTarget> FindAsync(string host, int port, CancellationToken ct)
    {
        // A name needs no look-up: service.namespace.svc.
        if (host.Split('.') is [var name, var space, "svc", ..])
        {
            return new ServiceTarget(space, name, port);
        }

        foreach (var service in await ListAsync("/api/v1/services", ct))
        {
            if (service.Text("spec", "clusterIP") == host)
            {
                return new ServiceTarget(service.Text("metadata", "namespace")!, service.Text("metadata", "name")!,
                    port);
            }
        }

        foreach (var slice in await ListAsync("/apis/discovery.k8s.io/v1/endpointslices", ct))
        {
            var endpointPort = slice.Items("ports").FirstOrDefault(item => item.Number("port") == port);
            if (endpointPort is not null
                && slice.Items("endpoints").Any(endpoint => endpoint.Texts("addresses").Contains(host))
                && slice.Text("metadata", "labels", "kubernetes.io/service-name") is { } owner)
            {
                return await PortAsync(slice.Text("metadata", "namespace")!, owner, endpointPort.Text("name")
                    ?? "", ct);
            }
        }

        throw new ServiceUnreachableException($"dial tcp {host}:{port}: connect: no route to host");
    }

    private async Task<ServiceTarget> PortAsync(string ns, string name, string portName, CancellationToken ct)
    {
        var service = await GetAsync($"/api/v1/namespaces/{ns}/services/{name}", ct);
        var port = service.Items("spec", "ports").FirstOrDefault(item =>
            (item.Text("name") ?? "") == portName).Number("port");
        return new ServiceTarget(ns, name,
            (int)(port ?? throw new ServiceUnreachableException($"service \"{name}\" not found")));
    }

    private async Task<List<JsonObject>> ListAsync(string path, CancellationToken ct) =>
        [.. (await GetAsync(path, ct)).Items("items")];

    private async Task<JsonNode?> GetAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request, ct);
        return response.IsSuccessStatusCode ? JsonParser.Parse(await response.Content.ReadAsByteArrayAsync(ct)) : null;
    }
}
