namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>All load balancers at one moment. They share one address here, so that the name a client asks for tells which is meant.</summary>
public sealed class BalancerTable(IReadOnlyList<Balancer> balancers)
{
    private readonly Dictionary<string, Balancer> _byName = balancers.ToDictionary(balancer => balancer.DnsName, StringComparer.OrdinalIgnoreCase);

    /// <summary>The load balancers.</summary>
    public IReadOnlyList<Balancer> Balancers => balancers;

    /// <summary>
    /// The load balancer that a client reaches on a port under a name. In AWS the address decides, which the client has from DNS or,
    /// as with curl's <c>--resolve</c>, brings along: so after the name of the load balancer and what DNS says comes a rule for the host.
    /// </summary>
    /// <param name="host">The name the client asks for; null: it names none.</param>
    /// <param name="port">The public port.</param>
    /// <param name="resolve">The load balancer's name that DNS leads to from a host.</param>
    public Balancer? Find(string? host, int port, Func<string, string?> resolve)
    {
        if (host is null)
        {
            return Listening(port) is [var only] ? only : null;
        }

        if (_byName.TryGetValue(host, out var named))
        {
            return named;
        }

        if (resolve(host) is { } target && _byName.TryGetValue(target, out var resolved))
        {
            return resolved;
        }

        // Without a rule for the host a lone load balancer gets it, as it would from whoever sends to its address.
        return balancers.FirstOrDefault(balancer => balancer.Listeners
                .Any(listener => listener.Rules.Any(rule => rule.Hosts.Any(pattern => Glob.Matches(pattern, host, ignoreCase: true)))))
            ?? (Listening(port) is [var lone] ? lone : null);
    }

    private List<Balancer> Listening(int port) => [.. balancers.Where(balancer => balancer.On(port) is not null)];
}
