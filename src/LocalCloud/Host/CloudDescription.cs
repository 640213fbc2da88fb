using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mayfly.LocalCloud.Host;

/// <summary>What the local cloud tells about itself, in <c>cloud.json</c> (docs/architecture.md).</summary>
public sealed record CloudDescription
{
    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>The control API.</summary>
    public required string Control { get; init; }

    /// <summary>The endpoint of all AWS services.</summary>
    public required string Aws { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>A PEM file of the authority behind the public side.</summary>
    public required string Authority { get; init; }

    /// <summary>The DNS server, <c>address:port</c>.</summary>
    public required string Dns { get; init; }

    /// <summary>Where HTTPS of every load balancer is heard, <c>address:port</c>.</summary>
    public required string Edge { get; init; }

    /// <summary>The chart repositories.</summary>
    public required string Charts { get; init; }

    /// <summary>The image registry.</summary>
    public required string Registry { get; init; }

    /// <summary>Terraform's configuration that finds the stand-in providers.</summary>
    public required string TerraformCliConfig { get; init; }

    /// <summary>The variables with which aws, kubectl, helm and terraform talk to it.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CloudDescriptionJson.Default.CloudDescription);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CloudDescription))]
internal sealed partial class CloudDescriptionJson : JsonSerializerContext;
