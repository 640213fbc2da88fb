using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.LocalCloud.Kubernetes.Images;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mayfly.LocalCloud.Charts;

/// <summary>
/// An image registry (OCI distribution, version 2 of the API). It plays every registry at once: its rules tell by host and repository
/// who may pull. Preflight asks it whether images exist, the kubelet whether they may be pulled.
/// </summary>
public sealed partial class ImageRegistry(ImageStore images, TimeProvider clock, params IReadOnlyList<RegistryAccess> accesses)
{
    private readonly RegistryGuard _guard = new(accesses, clock);
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();

    /// <summary>What it holds.</summary>
    public ImageStore Images => images;

    /// <summary>Answers the kubelet, by the same rules as over HTTP.</summary>
    public Task<PullResult> PullAsync(string image, IReadOnlyList<PullCredential> credentials, CancellationToken ct)
    {
        var (host, repository, reference) = Split(image);
        var access = _guard.AccessOf(host, repository);
        if (access.Scheme != RegistryScheme.Open
            && !credentials.Any(credential => credential.Registry == host && access.Admits(credential.Username, credential.Password)))
        {
            return Task.FromResult<PullResult>(new PullResult.Denied(
                credentials.Any(credential => credential.Registry == host) && access.Scheme == RegistryScheme.Token ? "403 Forbidden" : "401 Unauthorized"));
        }

        return Task.FromResult<PullResult>(
            images.FindManifest(repository, reference) is null ? new PullResult.NotFound() : new PullResult.Pulled());
    }

    /// <summary>Host, repository and tag or digest of an image reference, with Docker's defaults.</summary>
    internal static (string Host, string Repository, string Reference) Split(string image)
    {
        var slash = image.IndexOf('/');
        var first = slash < 0 ? "" : image[..slash];
        var hasHost = first.Contains('.') || first.Contains(':') || first == "localhost";
        var rest = hasHost ? image[(slash + 1)..] : image;
        var at = rest.IndexOf('@');
        var name = at < 0 ? rest : rest[..at];
        var colon = name.LastIndexOf(':');
        var repository = colon < 0 ? name : name[..colon];
        var reference = at >= 0 ? rest[(at + 1)..] : colon < 0 ? "latest" : name[(colon + 1)..];
        return hasHost
            ? (first, repository, reference)
            : ("docker.io", repository.Contains('/') ? repository : $"library/{repository}", reference);
    }

    internal Task IssueTokenAsync(HttpContext http) => _guard.IssueTokenAsync(http);

    internal async Task AnswerAsync(HttpContext http, string path)
    {
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (path.Length == 0)
        {
            if (await _guard.AdmitAsync(http, ""))
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{}");
            }

            return;
        }

        if (Route().Match(path) is not { Success: true } route)
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "NAME_INVALID", "invalid repository name");
            return;
        }

        var repository = route.Groups["name"].Value;
        var reference = route.Groups["reference"].Value;
        if (!await _guard.AdmitAsync(http, repository))
        {
            return;
        }

        await (route.Groups["kind"].Value switch
        {
            "manifests" => ManifestAsync(http, repository, reference),
            "blobs/uploads" => UploadAsync(http, repository, reference),
            "blobs" => BlobAsync(http, reference),
            _ => TagsAsync(http, repository),
        });
    }

    private async Task ManifestAsync(HttpContext http, string repository, string reference)
    {
        if (HttpMethods.IsPut(http.Request.Method))
        {
            var pushed = images.PutManifest(repository, reference, await BodyAsync(http), http.Request.ContentType ?? ImageStore.ImageManifest);
            Created(http, $"/v2/{repository}/manifests/{pushed.Digest}", pushed.Digest);
        }
        else if (images.FindManifest(repository, reference) is { } manifest)
        {
            await ContentAsync(http, manifest.Content, manifest.MediaType, manifest.Digest);
        }
        else if (images.Knows(repository))
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "MANIFEST_UNKNOWN", "manifest unknown");
        }
        else
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "NAME_UNKNOWN", "repository name not known to registry");
        }
    }

    private async Task BlobAsync(HttpContext http, string digest)
    {
        if (images.FindBlob(digest) is { } blob)
        {
            await ContentAsync(http, blob, "application/octet-stream", digest);
        }
        else
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "BLOB_UNKNOWN", "blob unknown to registry");
        }
    }

    private async Task UploadAsync(HttpContext http, string repository, string id)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            id = Guid.NewGuid().ToString();
            _uploads[id] = new MemoryStream();
        }

        if (!_uploads.TryGetValue(id, out var upload))
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
            return;
        }

        await http.Request.Body.CopyToAsync(upload, http.RequestAborted);
        var digest = http.Request.Query["digest"].ToString();
        if (digest.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            http.Response.Headers.Location = $"/v2/{repository}/blobs/uploads/{id}";
            http.Response.Headers["Docker-Upload-UUID"] = id;
            http.Response.Headers.Range = $"0-{Math.Max(0, upload.Length - 1)}";
            return;
        }

        _uploads.TryRemove(id, out _);
        var content = upload.ToArray();
        if (ImageStore.DigestOf(content) != digest)
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status400BadRequest, "DIGEST_INVALID", "provided digest did not match uploaded content");
            return;
        }

        Created(http, $"/v2/{repository}/blobs/{images.PutBlob(content)}", digest);
    }

    private async Task TagsAsync(HttpContext http, string repository)
    {
        if (!images.Knows(repository))
        {
            await RegistryErrors.WriteAsync(http, StatusCodes.Status404NotFound, "NAME_UNKNOWN", "repository name not known to registry");
            return;
        }

        http.Response.ContentType = "application/json";
        var tags = new JsonArray([.. images.TagsOf(repository).Select(tag => (JsonNode)tag)]);
        await http.Response.WriteAsync(new JsonObject { ["name"] = repository, ["tags"] = tags }.ToJsonString());
    }

    private static void Created(HttpContext http, string location, string digest)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = location;
        http.Response.Headers["Docker-Content-Digest"] = digest;
    }

    private static async Task ContentAsync(HttpContext http, byte[] content, string mediaType, string digest)
    {
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = content.Length;
        http.Response.Headers["Docker-Content-Digest"] = digest;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }

    [GeneratedRegex("^(?<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)/(?:(?<kind>manifests)/(?<reference>[^/]+)|(?<kind>blobs/uploads)/(?<reference>[^/]*)|(?<kind>blobs)/(?<reference>[^/]+)|(?<kind>tags)/list)$")]
    private static partial Regex Route();
}

/// <summary>Serves the image registry.</summary>
public static class RegistryEndpoints
{
    /// <summary>Maps <c>/v2/</c> and the token service <c>/token</c>.</summary>
    public static void MapRegistry(this IEndpointRouteBuilder endpoints, ImageRegistry registry)
    {
        endpoints.MapGet("/token", registry.IssueTokenAsync);
        endpoints.Map("/v2/{**path}", (HttpContext http, string? path) => registry.AnswerAsync(http, path ?? ""));
    }
}
