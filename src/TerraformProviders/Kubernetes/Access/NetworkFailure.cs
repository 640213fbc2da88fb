using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Kubernetes.Access;

/// <summary>Why no answer came, in the words that Go's network library, and so every Kubernetes tool, has for it.</summary>
internal static class NetworkFailure
{
    /// <summary>What a failed request is called.</summary>
    public static ProviderException Describe(HttpMethod method, Uri uri, HttpRequestException failure) =>
        new($"{Operation(method)} \"{Shown(uri)}\": {Reason(uri, failure)}");

    /// <summary>What a request is called that had no answer in time.</summary>
    public static ProviderException TimedOut(HttpMethod method, Uri uri) =>
        new($"{Operation(method)} \"{Shown(uri)}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");

    /// <summary>What a request is called at an address where nothing listens.</summary>
    public static ProviderException Refused(HttpMethod method, Uri uri) =>
        new($"{Operation(method)} \"{Shown(uri)}\": dial tcp {Endpoint(uri)}: connect: connection refused");

    private static string Reason(Uri uri, HttpRequestException failure) => failure.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"dial tcp {Endpoint(uri)}: connect: connection refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            $"dial tcp: lookup {uri.Host}: no such host",
        SocketException { SocketErrorCode: SocketError.TimedOut } => $"dial tcp {Endpoint(uri)}: i/o timeout",
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } =>
            $"dial tcp {Endpoint(uri)}: connect: no route to host",
        AuthenticationException => "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        _ when failure.HttpRequestError == HttpRequestError.NameResolutionError => $"dial tcp: lookup {uri.Host}: no such host",
        _ when failure.HttpRequestError == HttpRequestError.ConnectionError => $"dial tcp {Endpoint(uri)}: connect: connection refused",
        IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } } => "read: connection reset by peer",
        _ => "EOF",
    };

    // "localhost" is named by its address, as Go does once it has tried.
    private static string Endpoint(Uri uri) =>
        $"{(uri.Host == "localhost" ? IPAddress.Loopback.ToString() : uri.Host)}:{uri.Port}";

    private static string Operation(HttpMethod method) => $"{method.Method[0]}{method.Method[1..].ToLowerInvariant()}";

    private static string Shown(Uri uri) => uri.IsDefaultPort ? $"{uri.Scheme}://{uri.Host}{uri.PathAndQuery}" : uri.ToString();
}
