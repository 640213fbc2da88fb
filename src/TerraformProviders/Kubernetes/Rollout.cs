using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary>Waits until what was created or changed has done what its kind is there for.</summary>
internal static class Rollout
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits as the type's <c>wait_for_…</c> argument says; other kinds are ready at once.</summary>
    public static async Task WaitAsync(
        KubernetesApi api, ObjectKind kind, JsonObject live, ResourceChange change, string operation, CancellationToken ct)
    {
        if (Missing(kind, live, change) is null)
        {
            return;
        }

        var timeout = change.Timeout(operation, TimeSpan.FromMinutes(kind.Kind == "Job" ? 1 : 10));
        var deadline = TimeProvider.System.GetUtcNow() + timeout;
        var path = kind.Path($"{live["metadata"]?["namespace"]}", $"{live["metadata"]?["name"]}");
        while (await api.GetAsync(path, ct) is { } now && Missing(kind, now, change) is { } missing)
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new ProviderException($"Waiting for rollout to finish: {missing}");
            }

            await Task.Delay(PollEvery, TimeProvider.System, ct);
        }
    }

    // What is still missing, or null.
    private static string? Missing(ObjectKind kind, JsonObject live, ResourceChange change)
    {
        switch (kind.Kind)
        {
            case "Deployment" or "StatefulSet" when change.State.Bool("wait_for_rollout") != false:
                var wanted = Number(live["spec"]?["replicas"]) ?? 1;
                var ready = Number(live["status"]?[kind.Kind == "Deployment" ? "availableReplicas" : "readyReplicas"]) ?? 0;
                var updated = Number(live["status"]?["updatedReplicas"]) ?? 0;
                var seen = Number(live["status"]?["observedGeneration"]) >= Number(live["metadata"]?["generation"]);
                return seen && ready >= wanted && updated >= wanted ? null : $"{wanted} replicas wanted; {ready} replicas Ready";
            case "Job" when change.State.Bool("wait_for_completion") != false:
                var conditions = live["status"]?["conditions"] as JsonArray ?? [];
                bool Has(string type) => conditions.Any(one => $"{one?["type"]}" == type && $"{one?["status"]}" == "True");
                if (Has("Failed"))
                {
                    throw new ProviderException($"job: {live["metadata"]?["namespace"]}/{live["metadata"]?["name"]} is in failed state");
                }

                return Has("Complete") ? null : "the job is not complete";
            case "Service" when change.State.Bool("wait_for_load_balancer") != false && $"{live["spec"]?["type"]}" == "LoadBalancer":
                return live["status"]?["loadBalancer"]?["ingress"] is JsonArray { Count: > 0 } ? null : "service load balancer is not ready";
            default:
                return null;
        }
    }

    private static long? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;
}
