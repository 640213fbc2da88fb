using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>A revision of a Helm release, as helm keeps it in the cluster.</summary>
/// <param name="Revision">Its number.</param>
/// <param name="Status">deployed, superseded, failed, uninstalling, pending-install, pending-upgrade or pending-rollback.</param>
/// <param name="Fingerprint">What it was made of, by the label; null when Mayfly did not make it.</param>
/// <param name="Manifest">Every object of it, YAML documents.</param>
public sealed record ReleaseRevision(int Revision, string Status, string? Fingerprint, string Manifest)
{
    /// <summary>Its hooks, YAML documents; they are no part of the manifest.</summary>
    public string Hooks { get; init; } = "";
}

/// <summary>Reads releases where helm stores them, so that a look costs one request and no process.</summary>
public static class Releases
{
    private const string DataKey = "release";

    /// <summary>The revisions of a release, newest first; none when there is no such release.</summary>
    public static async Task<IReadOnlyList<ReleaseRevision>> ReadAsync(Cluster cluster, string @namespace, string release, CancellationToken ct)
    {
        var secrets = await cluster.Api.CoreV1.ListNamespacedSecretAsync(
            @namespace, labelSelector: $"owner=helm,name={release}", cancellationToken: ct);
        return [.. secrets.Items
            .Where(secret => secret.Type == "helm.sh/release.v1")
            .Select(Read)
            .OrderByDescending(revision => revision.Revision)];
    }

    /// <summary>
    /// Marks a pending revision as failed, as helm does when it is stopped in order: the next upgrade then starts from the last
    /// revision that was deployed. False when somebody else wrote the revision meanwhile.
    /// </summary>
    public static async Task<bool> MarkFailedAsync(Cluster cluster, string @namespace, string release, int revision, CancellationToken ct)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"sh.helm.release.v1.{release}.v{revision}");
        var secret = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedSecretAsync(name, @namespace, cancellationToken: ct));
        if (secret?.Data?.TryGetValue(DataKey, out var stored) is not true || Unpack(stored) is not { } record || record["info"] is not JsonObject info)
        {
            return false;
        }

        info["description"] = $"Interrupted while {info["status"]}; marked by Mayfly";
        info["status"] = "failed";
        secret.Data[DataKey] = Pack(record);
        secret.Metadata.Labels["status"] = "failed";
        try
        {
            await cluster.Api.CoreV1.ReplaceNamespacedSecretAsync(secret, name, @namespace, cancellationToken: ct);
            return true;
        }
        catch (HttpOperationException e) when (e.Response?.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Deletes every revision of a release, and nothing that it made.</summary>
    public static async Task ForgetAsync(Cluster cluster, string @namespace, string release, CancellationToken ct)
    {
        var secrets = await cluster.Api.CoreV1.ListNamespacedSecretAsync(
            @namespace, labelSelector: $"owner=helm,name={release}", cancellationToken: ct);
        foreach (var secret in secrets.Items)
        {
            await Cluster.FindAsync(() => cluster.Api.CoreV1.DeleteNamespacedSecretAsync(secret.Metadata.Name, @namespace, cancellationToken: ct));
        }
    }

    private static ReleaseRevision Read(V1Secret secret)
    {
        var record = secret.Data?.TryGetValue(DataKey, out var stored) is true ? Unpack(stored) : null;
        var hooks = (record?["hooks"] as JsonArray ?? []).Select(hook => (hook as JsonObject)?["manifest"]?.ToString() ?? "");
        return new ReleaseRevision(
            int.Parse(secret.Metadata.Labels["version"], CultureInfo.InvariantCulture),
            secret.Metadata.Labels.TryGetValue("status", out var status) ? status : "unknown",
            secret.Metadata.Labels.TryGetValue(Helm.FingerprintLabel, out var fingerprint) ? fingerprint : null,
            record?["manifest"]?.ToString() ?? "")
        {
            Hooks = string.Join("\n---\n", hooks),
        };
    }

    // The secret's bytes are base64 of gzip of JSON.
    private static JsonObject? Unpack(byte[] stored)
    {
        try
        {
            using var zipped = new MemoryStream(Convert.FromBase64String(Encoding.ASCII.GetString(stored)));
            using var plain = new GZipStream(zipped, CompressionMode.Decompress);
            return JsonNode.Parse(plain) as JsonObject;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private static byte[] Pack(JsonObject record)
    {
        using var zipped = new MemoryStream();
        using (var plain = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
        {
            plain.Write(Encoding.UTF8.GetBytes(record.ToJsonString()));
        }

        return Encoding.ASCII.GetBytes(Convert.ToBase64String(zipped.ToArray()));
    }
}
