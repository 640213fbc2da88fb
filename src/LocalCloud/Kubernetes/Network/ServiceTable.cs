using System.Collections.Concurrent;
using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Network;

/// <summary>One endpoint of a service: a pod's address, and its name where the service gives its pods names.</summary>
public sealed record ServiceBackend(IPAddress Address, string? Hostname, bool Ready);

/// <summary>What one port of a service leads to.</summary>
/// <param name="Port">The port clients name; for a headless service the pods' own.</param>
/// <param name="Name">Its name.</param>
/// <param name="Backends">The pods, each at the port they listen on.</param>
public sealed record ServicePort(int Port, string? Name, IReadOnlyList<(ServiceBackend Backend, int Port)> Backends);

/// <summary>A service as the network sees it.</summary>
public sealed record ServiceEntry(string Namespace, string Name, IPAddress? ClusterAddress, string? ExternalName, IReadOnlyList<ServicePort> Ports);

/// <summary>The services of a cluster: DNS and kube-proxy in one table. A controller keeps it; <see cref="ClusterNetwork"/> asks it.</summary>
public sealed class ServiceTable
{
    private const string Suffix = ".cluster.local";
    private readonly ConcurrentDictionary<(string Namespace, string Name), ServiceEntry> _services = new();
    private readonly ConcurrentDictionary<IPAddress, ServiceEntry> _byAddress = new();
    private uint _turn;

    /// <summary>Puts a service in, or a newer state of it.</summary>
    public void Set(ServiceEntry entry)
    {
        Remove(entry.Namespace, entry.Name);
        _services[(entry.Namespace, entry.Name)] = entry;
        if (entry.ClusterAddress is { } address)
        {
            _byAddress[address] = entry;
        }
    }

    /// <summary>Takes a service out.</summary>
    public void Remove(string @namespace, string name)
    {
        if (_services.TryRemove((@namespace, name), out var old) && old.ClusterAddress is { } address)
        {
            _byAddress.TryRemove(new KeyValuePair<IPAddress, ServiceEntry>(address, old));
        }
    }

    /// <summary>The service of that name; null when there is none.</summary>
    public ServiceEntry? Find(string @namespace, string name) => _services.GetValueOrDefault((@namespace, name));

    /// <summary>A ready pod behind a cluster address; null when the address is no service's.</summary>
    public IPEndPoint? Resolve(IPAddress address, int port) => _byAddress.TryGetValue(address, out var entry) ? Choose(entry, port, null) : null;

    /// <summary>The host that a service of type ExternalName stands for; null when the name is none of these.</summary>
    public string? ExternalNameOf(string host, string? fromNamespace) =>
        IPAddress.TryParse(host, out _) ? null : Find(Parse(host, out _), fromNamespace)?.ExternalName;

    /// <summary>A ready pod behind a name; null when the name is none of the cluster's.</summary>
    public IPEndPoint? Resolve(string host, int port, string? fromNamespace)
    {
        var labels = Parse(host, out var insideOnly);
        if (Find(labels, fromNamespace) is not { } found)
        {
            return insideOnly ? throw new ClusterDialException(DialFailure.NoSuchHost, $"dial tcp: lookup {host}: no such host") : null;
        }

        return Choose(found, port, labels.Length == 3 ? labels[0] : null);
    }

    private ServiceEntry? Find(string[] labels, string? fromNamespace) => labels switch
    {
        [var service] when fromNamespace is not null => Find(fromNamespace, service),
        [var service, var @namespace] => Find(@namespace, service),
        [_, var service, var @namespace] => Find(@namespace, service),
        _ => null,
    };

    private static string[] Parse(string host, out bool insideOnly)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        insideOnly = name.EndsWith(Suffix, StringComparison.Ordinal);
        var labels = (insideOnly ? name[..^Suffix.Length] : name).Split('.');
        if (labels is [_, _, .., "svc"])
        {
            insideOnly = true;
            return labels[..^1];
        }

        return labels;
    }

    private IPEndPoint Choose(ServiceEntry entry, int port, string? hostname)
    {
        // A headless service has no ports of its own to translate: DNS answers with the pods, the client brings the port.
        var match = entry.Ports.FirstOrDefault(candidate => candidate.Port == port)
            ?? (entry.ClusterAddress is null && entry.Ports.Count > 0 ? entry.Ports[0] : null)
            ?? throw new ClusterDialException(
                DialFailure.NoSuchPort, $"service \"{entry.Name}\" in namespace \"{entry.Namespace}\" has no port {port}");
        var candidates = match.Backends
            .Where(backend => hostname is null ? backend.Backend.Ready : backend.Backend.Hostname == hostname)
            .ToList();
        if (candidates.Count == 0)
        {
            throw hostname is null
                ? new ClusterDialException(DialFailure.NoEndpoints, $"no endpoints available for service \"{entry.Name}\"")
                : new ClusterDialException(DialFailure.NoSuchHost, $"dial tcp: lookup {hostname}.{entry.Name}.{entry.Namespace}: no such host");
        }

        var chosen = candidates[(int)(Interlocked.Increment(ref _turn) % (uint)candidates.Count)];
        return new IPEndPoint(chosen.Backend.Address, entry.ClusterAddress is null && match.Port != port ? port : chosen.Port);
    }
}
