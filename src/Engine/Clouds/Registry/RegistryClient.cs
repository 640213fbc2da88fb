using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Mayfly.Engine.Clouds.Registry;

/// <summary>
/// Asks registries by the OCI distribution API whether an image is there for a login. It speaks basic authentication (ECR, plain
/// registries) and bearer tokens (GHCR, Docker Hub), as the registry's challenge has it. A login is sent nowhere but over TLS, to
/// loopback excepted.
/// </summary>
/// <param name="http">Sends requests; follows redirects.</param>
/// <param name="mirror"><c>host:port</c> of a mirror to ask in place of every registry; empty: the registries themselves.</param>
public sealed class RegistryClient(HttpClient http, string mirror = "")
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    /// <summary>Whether an image is there and may be pulled.</summary>
    public Task<RegistryAnswer> FindAsync(ImageReference image, RegistryLogin? login, CancellationToken ct) =>
        AskAsync(HttpMethod.Head, image.Host, $"{image.Repository}/manifests/{image.Reference}", image.Repository, login, ct);

    /// <summary>Whether a registry takes a login at all.</summary>
    public Task<RegistryAnswer> PingAsync(string host, RegistryLogin? login, CancellationToken ct) =>
        AskAsync(HttpMethod.Get, host, "", null, login, ct);

    private async Task<RegistryAnswer> AskAsync(HttpMethod method, string host, string path, string? repository, RegistryLogin? login, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Timeout);
        try
        {
            var address = AddressOf(host, path);
            using var first = await SendAsync(method, address, null, limit.Token);
            if (first.StatusCode != HttpStatusCode.Unauthorized)
            {
                return Judge(first);
            }

            var challenges = first.Headers.WwwAuthenticate.Select(header => Challenge.Of(header.Scheme, header.Parameter)).ToList();
            if (challenges.Find(one => one.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) is { } bearer)
            {
                var (token, refused) = await TokenAsync(bearer, repository, login, limit.Token);
                if (token is null)
                {
                    return refused!;
                }

                using var second = await SendAsync(method, address, new AuthenticationHeaderValue("Bearer", token), limit.Token);
                return Judge(second);
            }

            if (login is null || !MayCarryLogin(address))
            {
                return Judge(first);
            }

            using var again = await SendAsync(method, address, new AuthenticationHeaderValue("Basic", login.Basic), limit.Token);
            return Judge(again);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new RegistryAnswer.Unknown(e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } known
                ? $"{host}: {known.HttpRequestError}"
                : $"{host} gives no answer within {Timeout.TotalSeconds} s");
        }
    }

    private async Task<(string? Token, RegistryAnswer? Refused)> TokenAsync(Challenge bearer, string? repository, RegistryLogin? login, CancellationToken ct)
    {
        if (bearer.TokenAddress(repository) is not { } address || !MayCarryLogin(address))
        {
            return (null, new RegistryAnswer.Unknown("the registry does not say where tokens are to be had"));
        }

        using var answer = await SendAsync(
            HttpMethod.Get, address, login is null ? null : new AuthenticationHeaderValue("Basic", login.Basic), ct);
        if (!answer.IsSuccessStatusCode)
        {
            return (null, Judge(answer) is RegistryAnswer.NotFound ? new RegistryAnswer.Unknown($"{address.Host} answers {(int)answer.StatusCode}") : Judge(answer));
        }

        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: ct);
            foreach (var name in (string[])["token", "access_token"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var token)
                    && token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 } text)
                {
                    return (text, null);
                }
            }
        }
        catch (JsonException)
        {
            // The same as an answer without a token.
        }

        return (null, new RegistryAnswer.Unknown($"{address.Host} gives no token"));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, AuthenticationHeaderValue? authorization, CancellationToken ct)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = authorization;
        request.Headers.UserAgent.ParseAdd("mayfly");
        foreach (var type in ManifestTypes)
        {
            request.Headers.Accept.ParseAdd(type);
        }

        request.Headers.Accept.ParseAdd("application/json;q=0.5");
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private static RegistryAnswer Judge(HttpResponseMessage answer) => (int)answer.StatusCode switch
    {
        >= 200 and < 300 => new RegistryAnswer.Present(),
        404 => new RegistryAnswer.NotFound(),
        401 or 403 => new RegistryAnswer.Denied($"{(int)answer.StatusCode} {answer.ReasonPhrase}"),
        var status => new RegistryAnswer.Unknown($"it answers {status} {answer.ReasonPhrase}"),
    };

    // A mirror is told whose images are meant, as containerd tells it.
    private Uri AddressOf(string host, string path)
    {
        var at = mirror.Length > 0 ? mirror : host == ImageReference.DockerHub ? "registry-1.docker.io" : host;
        var scheme = IsLoopback(new Uri($"http://{at}")) ? "http" : "https";
        return new Uri($"{scheme}://{at}/v2/{path}{(mirror.Length > 0 ? $"?ns={Uri.EscapeDataString(host)}" : "")}");
    }

    private static bool MayCarryLogin(Uri address) => address.Scheme == Uri.UriSchemeHttps || IsLoopback(address);

    private static bool IsLoopback(Uri address) => address.IsLoopback;
}
