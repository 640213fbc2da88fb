using System.Text.Json.Nodes;
using k8s;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Deployment;

/// <summary>Whose an object is, as far as helm lets it into the release.</summary>
public enum ObjectOwner
{
    /// <summary>The release's own.</summary>
    Ours,

    /// <summary>Nobody says that it is theirs.</summary>
    Nobody,

    /// <summary>A release's; whether it lives has to be asked.</summary>
    Release,

    /// <summary>Another program's, or a controller's.</summary>
    Manager,
}

/// <summary>
/// Lets helm take objects that are the chart's by name and carry no mark of the release: those of nobody and those of a release
/// that is gone. What a release that exists, a controller or another program owns is never taken.
/// </summary>
public sealed class Ownership(Cluster cluster, ClusterObjects objects, string release, string space)
{
    private const string ManagedBy = "app.kubernetes.io/managed-by";
    private const string ReleaseName = "meta.helm.sh/release-name";
    private const string ReleaseNamespace = "meta.helm.sh/release-namespace";
    private static readonly string[] Managers = ["terraform", "opentofu", "argocd", "kustomize-controller", "pulumi"];

    /// <summary>Whose a live object is, and the owner's name. Pure.</summary>
    public static (ObjectOwner Owner, string Name, string Namespace) Judge(JsonObject live, string release, string space)
    {
        var name = ChartObject.Text(live, "metadata", "annotations", ReleaseName);
        var home = ChartObject.Text(live, "metadata", "annotations", ReleaseNamespace);
        var label = ChartObject.Text(live, "metadata", "labels", ManagedBy);
        if (name == release && home == space)
        {
            return (label == "Helm" ? ObjectOwner.Ours : ObjectOwner.Nobody, "", "");
        }

        if (name is { Length: > 0 })
        {
            return (ObjectOwner.Release, name, home ?? space);
        }

        var metadata = live["metadata"] as JsonObject;
        if ((metadata?["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(owner => owner["controller"]?.GetValue<bool>() is true) is { } controller)
        {
            return (ObjectOwner.Manager, $"{ChartObject.Text(controller, "kind")} {ChartObject.Text(controller, "name")}", "");
        }

        if (label is { Length: > 0 } and not "Helm")
        {
            return (ObjectOwner.Manager, label, "");
        }

        var program = (metadata?["managedFields"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(entry => ChartObject.Text(entry, "manager") ?? "")
            .FirstOrDefault(manager => Managers.Any(known => manager.Contains(known, StringComparison.OrdinalIgnoreCase)));
        return program is null ? (ObjectOwner.Nobody, "", "") : (ObjectOwner.Manager, program, "");
    }

    /// <summary>The failure of an object that may not be taken; null when it is ours or may be.</summary>
    public async Task<Failure?> FindObstacleAsync(ObjectReference wanted, JsonObject live, CancellationToken ct)
    {
        var (owner, name, home) = Judge(live, release, space);
        return owner switch
        {
            ObjectOwner.Manager => Failure.Of(
                "helm-ownership-manager", "helm_ownership_conflict", Disposition.NeedsHuman,
                $"{wanted} is not the release's: {name} made it and keeps it",
                $"Rename the object in the chart, or take it away from {name}."),
            ObjectOwner.Release when await StatusAsync(name, home, ct) is { } status => Failure.Of(
                "helm-ownership-release", "helm_ownership_conflict", Disposition.NeedsHuman,
                $"{wanted} belongs to the release {name} in namespace {home}, which is {status}",
                $"Rename the object in the chart, or uninstall {name}: helm uninstall {name} --namespace {home}."),
            _ => null,
        };
    }

    /// <summary>Gives an object the release's marks.</summary>
    public async Task TakeAsync(ObjectReference wanted, JsonObject live, CancellationToken ct)
    {
        var marks = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = ObjectRemoval.Uid(live),
                ["labels"] = new JsonObject { [ManagedBy] = "Helm" },
                ["annotations"] = new JsonObject { [ReleaseName] = release, [ReleaseNamespace] = space },
            },
        };
        var path = await objects.PathAsync(wanted, space, ct);
        var answer = await cluster.SendAsync(HttpMethod.Patch, $"{path}?fieldManager=mayfly", marks, "application/merge-patch+json", ct);
        _ = answer.Settled();
    }

    // Helm keeps its releases in secrets, or in config maps where HELM_DRIVER says so.
    private async Task<string?> StatusAsync(string name, string home, CancellationToken ct)
    {
        var selector = $"owner=helm,name={name}";
        var secrets = await cluster.Api.CoreV1.ListNamespacedSecretAsync(home, labelSelector: selector, cancellationToken: ct);
        var maps = await cluster.Api.CoreV1.ListNamespacedConfigMapAsync(home, labelSelector: selector, cancellationToken: ct);
        return secrets.Items.Select(item => item.Metadata).Concat(maps.Items.Select(item => item.Metadata))
            .OrderByDescending(metadata => int.TryParse(metadata.Labels["version"], out var version) ? version : 0)
            .Select(metadata => metadata.Labels.TryGetValue("status", out var status) ? status : "unknown")
            .FirstOrDefault() is { } newest and not "uninstalled" ? newest : null;
    }
}
