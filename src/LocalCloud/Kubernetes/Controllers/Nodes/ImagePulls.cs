using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;
using Mayfly.LocalCloud.Kubernetes.Images;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Nodes;

/// <summary>The outcome of a pull: the image, or the waiting reason and the runtime's words.</summary>
internal sealed record Pull(IImage? Image, bool WasPresent, string Reason, string Message);

/// <summary>Pulls images as kubelet and containerd do it, with their words when it fails.</summary>
internal sealed partial class ImagePulls(ControllerContext context)
{
    private readonly ConcurrentDictionary<(string Node, string Image), bool> _present = new();

    /// <summary>Whether a reference can be read at all.</summary>
    public static bool IsValid(string reference) => Reference().IsMatch(reference);

    /// <summary>The reference with the registry and tag that are meant when it names none.</summary>
    public static string FullName(string reference)
    {
        var first = reference.Split('/')[0];
        var hasHost = reference.Contains('/') && (first.Contains('.') || first.Contains(':') || first == "localhost");
        var name = hasHost ? reference : reference.Contains('/') ? $"docker.io/{reference}" : $"docker.io/library/{reference}";
        return name.Contains('@') || name.LastIndexOf(':') > name.LastIndexOf('/') ? name : $"{name}:latest";
    }

    /// <summary>An id that a reference has on every node.</summary>
    public static string Id(string reference) =>
        $"{FullName(reference).Split('@')[0].Split(':')[0]}@sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reference)))}";

    /// <summary>Forgets what a node had.</summary>
    public void Forget(string node)
    {
        foreach (var key in _present.Keys.Where(key => key.Node == node))
        {
            _present.TryRemove(key, out _);
        }
    }

    /// <summary>Whether the node need not ask a registry.</summary>
    public bool IsPresent(V1Pod pod, V1Container container) =>
        Policy(container) != "Always" && _present.ContainsKey((pod.Spec.NodeName, container.Image));

    /// <summary>Gets an image to a node.</summary>
    public async Task<Pull> PullAsync(V1Pod pod, V1Container container, Action<string> warn, CancellationToken ct)
    {
        var image = container.Image;
        if (!IsValid(image))
        {
            return new Pull(null, false, "InvalidImageName", $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format");
        }

        if (IsPresent(pod, container) && context.Images.Find(image) is { } there)
        {
            return new Pull(there, true, "", "");
        }

        if (Policy(container) == "Never")
        {
            return new Pull(null, false, "ErrImageNeverPull", $"Container image \"{image}\" is not present with pull policy of Never");
        }

        await Task.Delay(context.Options.Scale(context.Options.PullTime), context.Clock, ct);
        var result = context.Options.Puller is { } puller
            ? await puller(image, await CredentialsAsync(pod, warn, ct), ct)
            : new PullResult.Pulled();
        var found = context.Images.Find(image);
        var name = FullName(image);
        var failed = $"failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\"";
        switch (result)
        {
            case PullResult.Pulled when found is not null:
                _present[(pod.Spec.NodeName, image)] = true;
                return new Pull(found, false, "", "");
            case PullResult.Denied denied:
                var host = name.Split('/')[0];
                return new Pull(null, false, "ErrImagePull", $"{failed}: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://{host}/token: {denied.Status}");
            case PullResult.Failed other:
                return new Pull(null, false, "ErrImagePull", $"{failed}: {other.Message}");
            default:
                return new Pull(null, false, "ErrImagePull", $"rpc error: code = NotFound desc = {failed}: {name}: not found");
        }
    }

    private static string Policy(V1Container container) =>
        container.ImagePullPolicy ?? (FullName(container.Image).EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent");

    private async Task<IReadOnlyList<PullCredential>> CredentialsAsync(V1Pod pod, Action<string> warn, CancellationToken ct)
    {
        var credentials = new List<PullCredential>();
        var missing = new List<string>();
        foreach (var reference in pod.Spec.ImagePullSecrets ?? [])
        {
            var secret = await Persistence.UntilAnsweredAsync(
                context.Clock, () => context.Api.FindAsync<V1Secret>(pod.Metadata.NamespaceProperty, reference.Name, ct), ct);
            if (secret?.Data is null || !secret.Data.TryGetValue(".dockerconfigjson", out var configuration))
            {
                missing.Add(reference.Name);
                continue;
            }

            credentials.AddRange(Read(configuration));
        }

        if (missing.Count > 0)
        {
            warn($"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); attempting to pull the image may not succeed.");
        }

        return credentials;
    }

    private static List<PullCredential> Read(byte[] configuration)
    {
        var credentials = new List<PullCredential>();
        try
        {
            using var document = JsonDocument.Parse(configuration);
            foreach (var registry in document.RootElement.GetProperty("auths").EnumerateObject())
            {
                string? Text(string name) => registry.Value.TryGetProperty(name, out var value) ? value.GetString() : null;
                var (user, password) = (Text("username"), Text("password"));
                if (user is null && Text("auth") is { } auth)
                {
                    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':', 2);
                    (user, password) = (parts[0], parts[^1]);
                }

                var host = registry.Name.Replace("https://", "", StringComparison.Ordinal).Split('/')[0];
                credentials.Add(new PullCredential(host, user ?? "", password ?? ""));
            }
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            // A pull secret that cannot be read is as good as none: the registry's refusal tells the rest.
        }

        return credentials;
    }

    [GeneratedRegex(@"^[a-z0-9A-Z.\-]+(:[0-9]+)?(/[a-z0-9]+([._\-]+[a-z0-9]+)*)*(:[\w][\w.\-]{0,127})?(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex Reference();
}
