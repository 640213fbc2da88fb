using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>
/// A release as helm records it in the cluster: a Secret or ConfigMap a revision, with the whole release in it as JSON,
/// compressed and in base64.
/// </summary>
internal sealed class ReleaseRecord(JsonObject release)
{
    /// <summary>The revision.</summary>
    public long Revision => Number(release["version"]);

    /// <summary>deployed, failed, pending-install …</summary>
    public string Status => $"{release["info"]?["status"]}";

    /// <summary>The chart's name.</summary>
    public string Chart => $"{Metadata?["name"]}";

    /// <summary>The chart's version.</summary>
    public string ChartVersion => $"{Metadata?["version"]}";

    /// <summary>The version of the application in the chart.</summary>
    public string AppVersion => $"{Metadata?["appVersion"]}";

    /// <summary>What the chart says after an installation.</summary>
    public string Notes => $"{release["info"]?["notes"]}";

    /// <summary>What was said of this revision.</summary>
    public string Description => $"{release["info"]?["description"]}";

    /// <summary>When the release was first deployed.</summary>
    public DateTimeOffset FirstDeployed => Time("first_deployed");

    /// <summary>When this revision was deployed.</summary>
    public DateTimeOffset LastDeployed => Time("last_deployed");

    /// <summary>The values that were given to it.</summary>
    public JsonObject Values => release["config"] as JsonObject ?? [];

    private JsonNode? Metadata => release["chart"]?["metadata"];

    /// <summary>The latest revision's record, or null when there is no such release.</summary>
    public static async Task<ReleaseRecord?> LatestAsync(KubernetesApi api, string plural, string ns, string name, CancellationToken ct)
    {
        var selector = Uri.EscapeDataString($"owner=helm,name={name}");
        var list = await api.GetAsync($"/api/v1/namespaces/{ns}/{plural}?labelSelector={selector}", ct);
        var latest = (list?["items"] as JsonArray ?? []).OfType<JsonObject>()
            .MaxBy(item => Number(item["metadata"]?["labels"]?["version"]));
        return latest?["data"]?["release"] is { } data ? new ReleaseRecord(Decode($"{data}", plural == "secrets")) : null;
    }

    // A Secret's data is in base64 once more.
    private static JsonObject Decode(string data, bool isSecret)
    {
        var inner = isSecret ? Encoding.ASCII.GetString(Convert.FromBase64String(data)) : data;
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(inner)), CompressionMode.Decompress);
        return JsonNode.Parse(gzip)!.AsObject();
    }

    private static long Number(JsonNode? node) => long.TryParse($"{node}", CultureInfo.InvariantCulture, out var number) ? number : 0;

    private DateTimeOffset Time(string name) =>
        DateTimeOffset.TryParse($"{release["info"]?[name]}", CultureInfo.InvariantCulture, out var time) ? time : default;
}
