using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using k8s;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>A revision of a Helm release, as helm keeps it in the cluster.</summary>
/// <param name="Revision">Its number.</param>
/// <param name="Status">deployed, superseded, failed, uninstalling, pending-install, pending-upgrade or pending-rollback.</param>
/// <param name="Fingerprint">What it was made of, by the label; null when Mayfly did not make it.</param>
/// <param name="Manifest">Every object of it, YAML documents.</param>
public sealed record ReleaseRevision(int Revision, string Status, string? Fingerprint, string Manifest);

/// <summary>Reads releases where helm stores them, so that a look costs one request and no process.</summary>
public static class Releases
{
    /// <summary>The revisions of a release, newest first; none when there is no such release.</summary>
    public static async Task<IReadOnlyList<ReleaseRevision>> ReadAsync(Cluster cluster, string @namespace, string release, CancellationToken ct)
    {
        var secrets = await cluster.Api.CoreV1.ListNamespacedSecretAsync(
            @namespace, labelSelector: $"owner=helm,name={release}", cancellationToken: ct);
        return [.. secrets.Items
            .Where(secret => secret.Type == "helm.sh/release.v1")
            .Select(secret => new ReleaseRevision(
                int.Parse(secret.Metadata.Labels["version"], CultureInfo.InvariantCulture),
                secret.Metadata.Labels.TryGetValue("status", out var status) ? status : "unknown",
                secret.Metadata.Labels.TryGetValue(Helm.FingerprintLabel, out var fingerprint) ? fingerprint : null,
                Manifest(secret.Data?.TryGetValue("release", out var stored) == true ? stored : [])))
            .OrderByDescending(revision => revision.Revision)];
    }

    // The secret's bytes are base64 of gzip of JSON.
    private static string Manifest(byte[] stored)
    {
        try
        {
            using var zipped = new MemoryStream(Convert.FromBase64String(Encoding.ASCII.GetString(stored)));
            using var plain = new GZipStream(zipped, CompressionMode.Decompress);
            using var document = JsonDocument.Parse(plain);
            return document.RootElement.TryGetProperty("manifest", out var manifest) ? manifest.GetString() ?? "" : "";
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException)
        {
            return "";
        }
    }
}
