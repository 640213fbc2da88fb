using System.Net;
using System.Net.Sockets;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;
using Library = ARSoft.Tools.Net.Dns;

namespace Mayfly.LocalCloud.Edge.Dns;

/// <summary>
/// The public DNS of the local cloud, over UDP and TCP on one port: authoritative for the hosted zones and the load balancers' names,
/// and for nothing else. It never asks outside.
/// </summary>
public sealed class DnsServer : IDisposable
{
    private const int Tries = 20;
    private readonly Library.DnsServer _server;

    private DnsServer(Library.DnsServer server, IPEndPoint endpoint)
    {
        _server = server;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Starts it.</summary>
    /// <param name="wanted">Where to listen; port 0: any that is free.</param>
    /// <param name="zones">What it answers from; null while nothing is known.</param>
    /// <exception cref="SocketException">The port is taken, or not permitted.</exception>
    public static DnsServer Start(IPEndPoint wanted, Func<CancellationToken, ValueTask<ZoneTable?>> zones)
    {
        for (var attempt = 1; ; attempt++)
        {
            var endpoint = wanted.Port == 0 ? FreePort(wanted.Address) : wanted;
            var server = new Library.DnsServer(new UdpServerTransport(endpoint), new TcpServerTransport(endpoint));
            server.QueryReceived += (_, query) => AnswerAsync(query, zones);
            try
            {
                server.Start();
                return new DnsServer(server, endpoint);
            }
            catch (SocketException) when (wanted.Port == 0 && attempt < Tries)
            {
                // A port that is free for TCP may be taken for UDP.
                server.Stop();
            }
        }
    }

    private static async Task AnswerAsync(QueryReceivedEventArgs query, Func<CancellationToken, ValueTask<ZoneTable?>> zones)
    {
        if (query.Query is not DnsMessage { Questions: [var question] } message)
        {
            return;
        }

        var response = message.CreateResponseInstance();
        query.Response = response;
        response.IsRecursionAllowed = false;
        if (await zones(CancellationToken.None) is not { } table)
        {
            response.ReturnCode = ReturnCode.ServerFailure;
            return;
        }

        var answer = table.Look(question.Name, question.RecordType);
        response.ReturnCode = answer.Code;
        response.IsAuthoritiveAnswer = answer.IsAuthoritative;
        response.AnswerRecords.AddRange(answer.Answers);
        response.AuthorityRecords.AddRange(answer.Authority);
    }

    private static IPEndPoint FreePort(IPAddress address)
    {
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }

    /// <inheritdoc />
    public void Dispose() => _server.Stop();
}
