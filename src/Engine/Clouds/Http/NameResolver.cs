using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace Mayfly.Engine.Clouds.Http;

/// <summary>Resolves a host: by overrides as curl's <c>--resolve</c> has them, a named DNS server, or the system.</summary>
/// <param name="dnsServer"><c>address:port</c>; null: the system's resolver.</param>
/// <param name="overrides">Each <c>host:port:address</c>; <c>*</c> stands for any host or port.</param>
public sealed class NameResolver(string? dnsServer, IReadOnlyList<string> overrides)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The endpoints of a host; an empty list with a reason when there is none.</summary>
    public async Task<(IReadOnlyList<IPEndPoint> Endpoints, string Detail)> ResolveAsync(string host, int port, CancellationToken ct)
    {
        if (Override(host, port) is { } forced)
        {
            return ([forced], $"{host} is {forced} by verify.resolve");
        }

        try
        {
            var addresses = dnsServer is null
                ? await Dns.GetHostAddressesAsync(host, ct)
                : await AskAsync(IPEndPoint.Parse(dnsServer), host, ct);
            return addresses.Length > 0
                ? ([.. addresses.Select(address => new IPEndPoint(address, port))], $"{host} is {string.Join(", ", addresses.AsEnumerable())}")
                : ([], $"{host} has no address");
        }
        catch (Exception e) when (e is SocketException or DnsResponseException)
        {
            return ([], $"could not resolve {host}: {e.Message}");
        }
    }

    private static async Task<IPAddress[]> AskAsync(IPEndPoint server, string host, CancellationToken ct)
    {
        // No cache: the record is being made while we look.
        var client = new LookupClient(new LookupClientOptions(server) { UseCache = false, Timeout = Timeout, Retries = 1 });
        var answer = await client.QueryAsync(host, QueryType.A, cancellationToken: ct);
        return [.. answer.Answers.OfType<AddressRecord>().Select(record => record.Address)];
    }

    private IPEndPoint? Override(string host, int port)
    {
        foreach (var rule in overrides)
        {
            var parts = rule.Split(':', 3);
            if (parts.Length == 3
                && (parts[0] == "*" || parts[0].Equals(host, StringComparison.OrdinalIgnoreCase))
                && (parts[1] == "*" || parts[1] == port.ToString(System.Globalization.CultureInfo.InvariantCulture))
                && IPEndPoint.TryParse(parts[2], out var endpoint))
            {
                // An address without a port of its own keeps the one that was asked for.
                return endpoint.Port == 0 ? new IPEndPoint(endpoint.Address, port) : endpoint;
            }
        }

        return null;
    }
}
