using System.Net;

namespace Mayfly.Engine.Clouds.Http;

/// <summary>Asks a host as a browser would: name, connection, certificate, answer. Keeps each step's result.</summary>
public interface IHttpProbe
{
    /// <summary>One attempt over the whole chain; failures are part of the answer.</summary>
    Task<ProbeAnswer> AskAsync(ProbeTarget target, CancellationToken ct);
}

/// <summary>What is asked for.</summary>
public sealed record ProbeTarget(string Host, int Port, string Path);

/// <summary>How far a probe came.</summary>
public enum ProbeStep
{
    /// <summary>The name did not resolve.</summary>
    Dns,

    /// <summary>No address took the connection.</summary>
    Connect,

    /// <summary>The certificate is not one that a visitor would accept.</summary>
    Tls,

    /// <summary>The connection stood, but no HTTP answer came.</summary>
    Http,

    /// <summary>An answer came.</summary>
    Answered,
}

/// <summary>What a probe saw.</summary>
/// <param name="Step">How far it came.</param>
/// <param name="Detail">What happened there, for people.</param>
/// <param name="Addresses">What the name resolved to.</param>
/// <param name="Status">The status; 0 without an answer.</param>
/// <param name="Headers">Response headers, names in lower case.</param>
/// <param name="Body">The first part of the body.</param>
public sealed record ProbeAnswer(
    ProbeStep Step, string Detail, IReadOnlyList<IPAddress> Addresses, int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>An attempt that ended before there was an answer.</summary>
    public static ProbeAnswer Broken(ProbeStep step, string detail, IReadOnlyList<IPAddress> addresses) =>
        new(step, detail, addresses, 0, new Dictionary<string, string>(), "");
}
