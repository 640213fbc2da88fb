using System.Text.Json.Serialization;
using Mayfly.LocalCloud.Aws;
using Mayfly.LocalCloud.Aws.Faults;
using Mayfly.LocalCloud.Kubernetes.Api;

namespace Mayfly.LocalCloud.Host;

/// <summary>How the local cloud is.</summary>
public sealed record CloudStatus(
    int Pid, DateTimeOffset Started, long MemoryBytes, int Moto, string Aws, string Edge, string Dns,
    IReadOnlyList<string> Zones, IReadOnlyList<ClusterStatus> Clusters, int Faults, long AwsRequests);

/// <summary>How a cluster is.</summary>
public sealed record ClusterStatus(string Name, string Status, string? Endpoint, int Nodes, long Writes);

/// <summary>What shall be there.</summary>
public sealed record SeedDocument(IReadOnlyList<string>? Zones, IReadOnlyList<string>? Buckets);

/// <summary>A fault as the control API takes and shows it.</summary>
public sealed record FaultDocument
{
    /// <summary>Its id, once it is on.</summary>
    public string? Id { get; init; }

    /// <summary>throttle, server-error, deny, error, latency, reset, lose-answer or expire.</summary>
    public required string Kind { get; init; }

    /// <summary>The service; null: every one.</summary>
    public string? Service { get; init; }

    /// <summary>The operation, with <c>*</c>; null: every one.</summary>
    public string? Action { get; init; }

    /// <summary>Who asks, by the user agent, with <c>*</c>; null: everybody.</summary>
    public string? UserAgent { get; init; }

    /// <summary>How often; null: for ever.</summary>
    public int? Times { get; init; }

    /// <summary>The part of the requests that is hit.</summary>
    public double? Probability { get; init; }

    /// <summary>Makes the draw repeatable.</summary>
    public int? Seed { get; init; }

    /// <summary>For latency and expire: how long.</summary>
    public double? Seconds { get; init; }

    /// <summary>The error's code.</summary>
    public string? Code { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>The message.</summary>
    public string? Message { get; init; }

    /// <summary>As a rule.</summary>
    /// <exception cref="FormatException">There is no such kind.</exception>
    public FaultRule ToRule() => new()
    {
        Kind = Enum.TryParse<FaultKind>(Kind.Replace("-", ""), ignoreCase: true, out var kind)
            ? kind
            : throw new FormatException($"'{Kind}' is no kind of fault; there are throttle, server-error, deny, error, latency, reset, lose-answer and expire."),
        Service = Service,
        Action = Action,
        UserAgent = UserAgent,
        Times = Times,
        Probability = Probability ?? 1,
        Seed = Seed,
        Latency = TimeSpan.FromSeconds(Seconds ?? 2),
        Code = Code,
        Status = Status,
        Message = Message,
    };

    /// <summary>Of a rule.</summary>
    public static FaultDocument Of(FaultRule rule) => new()
    {
        Id = rule.Id,
        Kind = rule.Kind switch { FaultKind.ServerError => "server-error", FaultKind.LoseAnswer => "lose-answer", var kind => kind.ToString().ToLowerInvariant() },
        Service = rule.Service,
        Action = rule.Action,
        UserAgent = rule.UserAgent,
        Times = rule.Times,
        Probability = rule.Probability < 1 ? rule.Probability : null,
        Seed = rule.Seed,
        Seconds = rule.Kind is FaultKind.Latency or FaultKind.Expire ? rule.Latency.TotalSeconds : null,
        Code = rule.Code,
        Status = rule.Status,
        Message = rule.Message,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloudStatus))]
[JsonSerializable(typeof(SeedDocument))]
[JsonSerializable(typeof(FaultDocument))]
[JsonSerializable(typeof(IEnumerable<FaultDocument>))]
[JsonSerializable(typeof(IEnumerable<AwsRequestEntry>))]
[JsonSerializable(typeof(IEnumerable<LoggedRequest>))]
internal sealed partial class ControlJson : JsonSerializerContext;
