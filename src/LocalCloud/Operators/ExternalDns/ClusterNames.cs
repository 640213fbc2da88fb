using System.Globalization;
using k8s.Models;

namespace Mayfly.LocalCloud.Operators.ExternalDns;

/// <summary>The names that the resources of a cluster want.</summary>
internal static class ClusterNames
{
    private const string Prefix = "external-dns.alpha.kubernetes.io/";

    /// <summary>Those of Ingresses: the hosts of their rules and TLS, and those annotated, once they have a load balancer.</summary>
    public static IEnumerable<WantedName> Of(IEnumerable<V1Ingress> ingresses)
    {
        foreach (var ingress in ingresses.Where(ingress => ingress.Metadata.DeletionTimestamp is null))
        {
            var balancers = (ingress.Status?.LoadBalancer?.Ingress ?? []).Select(entry => entry.Hostname ?? entry.Ip).OfType<string>();
            var hosts = Annotation(ingress.Metadata, "ingress-hostname-source") == "annotation-only"
                ? []
                : (ingress.Spec.Rules ?? []).Select(rule => rule.Host).Concat((ingress.Spec.Tls ?? []).SelectMany(tls => tls.Hosts ?? []));
            foreach (var name in Named(ingress.Metadata, "ingress", hosts, balancers))
            {
                yield return name;
            }
        }
    }

    /// <summary>Those of Services of type LoadBalancer: the hosts that they are annotated with.</summary>
    public static IEnumerable<WantedName> Of(IEnumerable<V1Service> services)
    {
        foreach (var service in services.Where(service => service.Metadata.DeletionTimestamp is null && service.Spec.Type == "LoadBalancer"))
        {
            var balancers = (service.Status?.LoadBalancer?.Ingress ?? []).Select(entry => entry.Hostname ?? entry.Ip).OfType<string>();
            foreach (var name in Named(service.Metadata, "service", [], balancers))
            {
                yield return name;
            }
        }
    }

    private static IEnumerable<WantedName> Named(V1ObjectMeta metadata, string kind, IEnumerable<string?> hosts, IEnumerable<string> balancers)
    {
        if (Annotation(metadata, "controller") is { } controller && controller != "dns-controller")
        {
            yield break;
        }

        var targets = List(metadata, "target") is { Count: > 0 } given ? given : [.. balancers];
        if (targets.Count == 0)
        {
            yield break;
        }

        int? ttl = int.TryParse(Annotation(metadata, "ttl"), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
        foreach (var host in hosts.OfType<string>().Concat(List(metadata, "hostname")).Where(host => host.Length > 0).Distinct())
        {
            yield return new WantedName(host, targets, $"{kind}/{metadata.NamespaceProperty}/{metadata.Name}", ttl);
        }
    }

    private static List<string> List(V1ObjectMeta metadata, string name) =>
        [.. (Annotation(metadata, name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static string? Annotation(V1ObjectMeta metadata, string name) =>
        metadata.Annotations is { } annotations && annotations.TryGetValue(Prefix + name, out var value) ? value : null;
}
