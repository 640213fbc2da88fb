using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A webhook could not be asked; the message says why, as the real server does.</summary>
internal sealed class WebhookFailedException(string message) : Exception(message);

/// <summary>Calls a webhook over TLS, its certificate checked against the configuration's bundle.</summary>
internal sealed class WebhookClient(ClusterState state)
{
    public async Task<JsonObject> CallAsync(JsonObject hook, JsonObject review, CancellationToken ct)
    {
        var config = hook.Map("clientConfig")!;
        var seconds = hook.Number("timeoutSeconds") ?? 10;
        var service = config.Map("service");
        var host = service is null ? new Uri(config.Text("url")!).Host
            : $"{service.Text("name")}.{service.Text("namespace")}.svc";
        var address = service is null
            ? config.Text("url")!
            : $"https://{host}:{service.Number("port") ?? 443}/{(service.Text("path") ?? "").TrimStart('/')}";
        address += (address.Contains('?') ? "&" : "?") + $"timeout={seconds}s";
        var tls = new CertificateCheck(config.Text("caBundle"), host);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                RemoteCertificateValidationCallback = tls.Check
            },
        };
        if (service is not null)
        {
            handler.ConnectCallback = (_, token) => DialAsync(service, token);
        }

        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), state.Options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            using var content = new ByteArrayContent(Json.Bytes(review));
            content.Headers.ContentType = new("application/json");
            using var request =
                new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Absolute)) { Content = content };
            request.Headers.UserAgent.ParseAdd("kube-apiserver-admission");
            using var response = await client.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new WebhookFailedException("failed to call webhook: " + Refused((int)response.StatusCode, body));
            }

            return Answer(body, review.Text("request", "uid")!);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new WebhookFailedException($"failed to call webhook: Post \"{address}\": context deadline exceeded");
        }
        catch (HttpRequestException error)
        {
            throw new WebhookFailedException(
                $"failed to call webhook: Post \"{address}\": {tls.Problem ?? Reason(error)}");
        }
    }

    private async ValueTask<Stream> DialAsync(JsonObject service, CancellationToken ct)
    {
        var (ns, name) = (service.Text("namespace")!, service.Text("name")!);
        if (state.Store.Get("services", ns, name) is null)
        {
            throw new ServiceUnreachableException($"service \"{name}\" not found");
        }

        return await state.Options.DialServiceAsync(new ServiceTarget(ns, name, (int)(service.Number("port") ?? 443)),
            ct);
    }

    private static JsonObject Answer(byte[] body, string uid)
    {
        JsonNode? answer;
        try
        {
            answer = JsonParser.Parse(body);
        }
        catch (JsonException)
        {
            throw new WebhookFailedException("failed to call webhook: couldn't get version/kind; json parse error");
        }

        if (answer.Map("response") is not { } response)
        {
            throw new WebhookFailedException("webhook response was absent");
        }

        return response.Text("uid") == uid ? response
            : throw new WebhookFailedException($"expected response.uid=\"{uid}\", got \"{response.Text("uid")}\"");
    }

    private static string Refused(int status, byte[] body)
    {
        const int Longest = 200;
        var text = System.Text.Encoding.UTF8.GetString(body).Trim();
        text = text.Length > Longest ? text[..Longest] : text;
        return status switch
        {
            404 => "the server could not find the requested resource",
            503 => "the server is currently unable to handle the request",
            _ => $"an error on the server (\"{text}\") has prevented the request from succeeding",
        };
    }

    private static string Reason(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ServiceUnreachableException unreachable:
                    return unreachable.Message;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.HostNotFound }:
                    return "no such host";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return "read: connection reset by peer";
                case AuthenticationException:
                    return "tls: handshake failure";
            }
        }

        return "EOF";
    }

    /// <summary>Checks a server's certificate, and remembers what was wrong with it in Go's words.</summary>
    private sealed class CertificateCheck(string? bundle, string host)
    {
        public string? Problem { get; private set; }

        public bool Check(object sender, X509Certificate? certificate, X509Chain? given, SslPolicyErrors errors)
        {
            if (certificate is null)
            {
                Problem = "tls: no certificate";
                return false;
            }

            using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            if (!string.IsNullOrEmpty(bundle))
            {
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                try
                {
                    chain.ChainPolicy.CustomTrustStore.ImportFromPem(
                        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(bundle)));
                }
                catch (Exception error) when (
                    error is FormatException or System.Security.Cryptography.CryptographicException)
                {
                    Problem = "unable to load root certificates: unable to parse bytes as PEM block";
                    return false;
                }
            }

            foreach (var element in given?.ChainElements.Select(element => element.Certificate) ?? [])
            {
                chain.ChainPolicy.ExtraStore.Add(element);
            }

            if (!chain.Build(server))
            {
                Problem = chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid)
                    ? "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"
                    : "tls: failed to verify certificate: x509: certificate signed by unknown authority";
                return false;
            }

            if (!server.MatchesHostname(host))
            {
                var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension =>
                    extension.EnumerateDnsNames());
                Problem = $"tls: failed to verify certificate: x509: certificate is valid for {string.Join(", ", names)}, not {host}";
                return false;
            }

            return true;
        }
    }
}
