using System.Text.Json.Nodes;
using k8s.Models;
using ElbAction = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Turns the Ingresses of a group into what has to be in AWS.</summary>
/// <param name="cluster">The cluster's name.</param>
/// <param name="discovery">Finds subnets and certificates.</param>
/// <param name="findService">Services by namespace and name.</param>
/// <param name="parametersOf">What the class says of an Ingress.</param>
/// <param name="defaultTargetType">The target type where nothing is said.</param>
/// <param name="defaultTags">Tags of everything.</param>
internal sealed class ModelBuilder(
    string cluster,
    Discovery discovery,
    Func<string, string, V1Service?> findService,
    Func<V1Ingress, IngressClassParamsSpec?> parametersOf,
    string defaultTargetType,
    IReadOnlyDictionary<string, string> defaultTags)
{
    /// <summary>Builds it.</summary>
    /// <exception cref="BuildException">The Ingresses ask for what cannot be.</exception>
    public async Task<LoadBalancerModel> BuildAsync(GroupId group, IReadOnlyList<V1Ingress> members, CancellationToken ct)
    {
        var scheme = Agreed(members, "scheme", "scheme", parameters => parameters?.Scheme) ?? "internal";
        var named = members.SelectMany(member => new Annotations(member).List("subnets")).Distinct().ToList();
        var targets = new Dictionary<string, TargetGroupModel>();
        var backends = new BackendBuilder(cluster, group, findService, defaultTargetType, targets);
        var listeners = await ListenersAsync(members, backends, ct);
        var securityGroups = members.SelectMany(member => new Annotations(member).List("security-groups")).Distinct().ToList();
        var inbound = members.SelectMany(member => new Annotations(member).List("inbound-cidrs")).Distinct().ToList();
        return new LoadBalancerModel
        {
            Group = group,
            Name = Agreed(members, "load-balancer-name", "load balancer name", parameters => parameters?.LoadBalancerName)
                ?? Names.LoadBalancer(cluster, group, scheme),
            Scheme = scheme,
            Subnets = named.Count > 0 ? named : await discovery.SubnetsAsync(scheme, ct),
            SecurityGroups = securityGroups.Count > 0 ? securityGroups : null,
            InboundCidrs = inbound.Count > 0 ? inbound : ["0.0.0.0/0"],
            Listeners = listeners,
            TargetGroups = targets,
            Attributes = Merged(members, "load-balancer-attributes"),
            Tags = defaultTags.Concat(Merged(members, "tags")).GroupBy(tag => tag.Key).ToDictionary(tag => tag.Key, tag => tag.Last().Value),
        };
    }

    private async Task<IReadOnlyList<ListenerModel>> ListenersAsync(
        IReadOnlyList<V1Ingress> members, BackendBuilder backends, CancellationToken ct)
    {
        var ports = new SortedDictionary<int, (string Protocol, List<V1Ingress> Members)>();
        foreach (var member in members)
        {
            var listen = new Annotations(member).ListenPorts() ?? (ExplicitCertificates(member).Count > 0 ? [("HTTPS", 443)] : [("HTTP", 80)]);
            foreach (var (protocol, port) in listen)
            {
                if (!ports.TryGetValue(port, out var known))
                {
                    ports[port] = known = (protocol, []);
                }

                if (known.Protocol != protocol)
                {
                    throw new BuildException($"conflicting protocol for port {port}: [{known.Protocol} {protocol}]");
                }

                known.Members.Add(member);
            }
        }

        var redirect = RedirectPort(members);
        if (redirect is { } target && !(ports.TryGetValue(target, out var secure) && secure.Protocol == "HTTPS"))
        {
            throw new BuildException($"listener does not exist for SSLRedirect port: {target}");
        }

        var listeners = new List<ListenerModel>();
        foreach (var (port, (protocol, listening)) in ports)
        {
            if (redirect is { } to && protocol == "HTTP")
            {
                var action = new ElbAction { Type = "redirect", RedirectConfig = new("HTTP_301", "HTTPS", $"{to}") };
                listeners.Add(new ListenerModel(port, protocol, [], new ActionModel(null, action), []));
                continue;
            }

            var certificates = protocol == "HTTPS" ? await CertificatesAsync(listening, ct) : [];
            var defaults = listening.Where(member => member.Spec.DefaultBackend is not null).ToList();
            if (defaults.Count > 1)
            {
                throw new BuildException("multiple ingress defined default backend");
            }

            var fallback = defaults is [var only] ? backends.Action(only, only.Spec.DefaultBackend) : ActionModel.Fixed("404");
            listeners.Add(new ListenerModel(port, protocol, certificates, fallback, [.. listening.SelectMany(member => Rules(member, backends))]));
        }

        return listeners;
    }

    private async Task<IReadOnlyList<string>> CertificatesAsync(IReadOnlyList<V1Ingress> members, CancellationToken ct)
    {
        var certificates = new List<string>();
        foreach (var member in members)
        {
            if (ExplicitCertificates(member) is { Count: > 0 } named)
            {
                certificates.AddRange(named);
                continue;
            }

            var hosts = (member.Spec.Rules ?? []).Select(rule => rule.Host)
                .Concat((member.Spec.Tls ?? []).SelectMany(tls => tls.Hosts ?? []))
                .Where(host => !string.IsNullOrEmpty(host))
                .ToHashSet();
            try
            {
                certificates.AddRange(await discovery.CertificatesAsync(hosts, ct));
            }
            catch (BuildException failure)
            {
                throw new BuildException($"ingress: {member.Metadata.NamespaceProperty}/{member.Metadata.Name}: {failure.Message}");
            }
        }

        return certificates.Count > 0
            ? [.. certificates.Distinct()]
            : throw new BuildException("no certificate found for the HTTPS listener: no Ingress names a host");
    }

    private static IEnumerable<RuleModel> Rules(V1Ingress ingress, BackendBuilder backends)
    {
        foreach (var rule in ingress.Spec.Rules ?? [])
        {
            // Exact paths first, then prefixes from the longest to the shortest, then the rest as it stands.
            var paths = (rule.Http?.Paths ?? [])
                .Select((path, index) => (Path: path, Index: index))
                .OrderBy(entry => entry.Path.PathType switch { "Exact" => 0, "Prefix" => 1, _ => 2 })
                .ThenBy(entry => entry.Path.PathType == "Prefix" ? -(entry.Path.Path?.Length ?? 0) : 0)
                .ThenBy(entry => entry.Index)
                .Select(entry => entry.Path);
            foreach (var path in paths)
            {
                yield return new RuleModel(string.IsNullOrEmpty(rule.Host) ? null : rule.Host, Patterns(path), backends.Action(ingress, path.Backend));
            }
        }
    }

    private static IReadOnlyList<string> Patterns(V1HTTPIngressPath path) => (path.PathType, path.Path) switch
    {
        (_, null or "") => ["/*"],
        ("Prefix", "/") => ["/*"],
        ("Prefix", var prefix) => [prefix.TrimEnd('/'), prefix.TrimEnd('/') + "/*"],
        (_, var pattern) => [pattern],
    };

    private List<string> ExplicitCertificates(V1Ingress ingress) =>
        parametersOf(ingress)?.CertificateArn is { Count: > 0 } fromClass ? fromClass : new Annotations(ingress).List("certificate-arn");

    private static int? RedirectPort(IReadOnlyList<V1Ingress> members)
    {
        var ports = members.Select(member => new Annotations(member).Number("ssl-redirect")).OfType<int>().Distinct().ToList();
        return ports.Count <= 1 ? ports is [var port] ? port : null : throw new BuildException($"conflicting sslRedirect port: [{string.Join(' ', ports)}]");
    }

    private string? Agreed(IReadOnlyList<V1Ingress> members, string annotation, string what, Func<IngressClassParamsSpec?, string?> fromClass)
    {
        var values = members.Select(member => fromClass(parametersOf(member)) ?? new Annotations(member).Find(annotation)).OfType<string>().Distinct().ToList();
        return values.Count <= 1 ? values.FirstOrDefault() : throw new BuildException($"conflicting {what}: [{string.Join(' ', values)}]");
    }

    private static Dictionary<string, string> Merged(IReadOnlyList<V1Ingress> members, string annotation)
    {
        var merged = new Dictionary<string, string>();
        foreach (var (key, value) in members.SelectMany(member => new Annotations(member).Map(annotation)))
        {
            if (!merged.TryAdd(key, value) && merged[key] != value)
            {
                throw new BuildException($"conflicting {annotation} {key}: {merged[key]} | {value}");
            }
        }

        return merged;
    }
}
