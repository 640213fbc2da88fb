using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Nothing is created in a namespace that is not there or that is going.</summary>
internal static class NamespaceLifecycle
{
    private static readonly string[] Permanent = ["default", "kube-system", "kube-public"];

    public static void DemandOpen(ClusterState state, ResourceType type, string ns, string name)
    {
        if (!type.Namespaced || ns.Length == 0)
        {
            return;
        }

        var found = state.Store.Get("namespaces", "", ns) ?? throw ApiErrors.NotFound("", "namespaces", ns);
        if (found.Value.At("metadata", "deletionTimestamp") is null
            && found.Value.Text("status", "phase") != "Terminating")
        {
            return;
        }

        var causes = new JsonArray(new JsonObject
        {
            ["reason"] = "NamespaceTerminating",
            ["message"] = $"namespace {ns} is being terminated",
            ["field"] = "metadata.namespace",
        });
        throw ApiErrors.Forbidden(type.Group, type.Plural, name,
            $"unable to create new content in namespace {ns} because it is being terminated", causes);
    }

    public static void DemandDeletable(ResourceType type, string name)
    {
        if (type.Storage == "namespaces" && Permanent.Contains(name))
        {
            throw ApiErrors.Forbidden("", "namespaces", name, "this namespace may not be deleted");
        }
    }
}
