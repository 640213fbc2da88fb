using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>A cluster and what belongs to it, as the documents that EKS answers with. Guarded by <see cref="EksState"/>'s lock.</summary>
internal sealed class EksCluster
{
    public required string Name { get; init; }

    public required string Region { get; init; }

    public required string Arn { get; init; }

    public required JsonObject Document { get; init; }

    /// <summary>Who created it.</summary>
    public string? CreatorArn { get; init; }

    /// <summary>The token of the request that created it, so that a repeated request is the same one.</summary>
    public string? ClientRequestToken { get; init; }

    public Dictionary<string, JsonObject> Nodegroups { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, IReadOnlyList<EksNode>> Nodes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Addons { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> FargateProfiles { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> AccessEntries { get; } = new(StringComparer.Ordinal);

    /// <summary>Associated access policies by principal.</summary>
    public Dictionary<string, List<JsonObject>> AccessPolicies { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> PodIdentities { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, JsonObject> Updates { get; } = new(StringComparer.Ordinal);

    /// <summary>Interfaces of the control plane in the subnets.</summary>
    public List<string> Interfaces { get; } = [];

    public string Status
    {
        get => Document.Str("status") ?? "";
        set => Document["status"] = value;
    }

    public string OidcIssuer { get; init; } = "";

    /// <summary>Whether any of the control plane's logs goes to its log group.</summary>
    public bool Logs => Document.Obj("logging")?["clusterLogging"] is JsonArray setups
        && setups.OfType<JsonObject>().Any(setup => setup.Bool("enabled") == true && setup["types"] is JsonArray { Count: > 0 });
}
