namespace Mayfly.Aws.Route53.Model;

public sealed record HostedZone
{
    /// <summary>With the prefix <c>/hostedzone/</c>, as AWS gives it.</summary>
    public required string Id { get; init; }

    /// <summary>With the dot at the end.</summary>
    public required string Name { get; init; }
    public string? CallerReference { get; init; }
    public bool PrivateZone { get; init; }
    public int? ResourceRecordSetCount { get; init; }
}

public sealed record ResourceRecord(string Value);

public sealed record AliasTarget(string HostedZoneId, string DNSName, bool EvaluateTargetHealth);

public sealed record ResourceRecordSet
{
    /// <summary>With the dot at the end; unusual characters as <c>\052</c>.</summary>
    public required string Name { get; init; }
    public required string Type { get; init; }
    public string? SetIdentifier { get; init; }
    public int? Weight { get; init; }
    public int? TTL { get; init; }
    public List<ResourceRecord> ResourceRecords { get; init; } = [];
    public AliasTarget? AliasTarget { get; init; }
}

/// <param name="Action">CREATE, UPSERT or DELETE.</param>
public sealed record Change(string Action, ResourceRecordSet ResourceRecordSet);

public sealed record ChangeBatch(List<Change> Changes, string? Comment = null);

/// <param name="Status">PENDING or INSYNC.</param>
public sealed record ChangeInfo(string Id, string Status);

public sealed record ListHostedZonesRequest(string? Marker = null, int? MaxItems = null);
public sealed record ListHostedZonesResponse(List<HostedZone> HostedZones, bool IsTruncated, string? NextMarker);
public sealed record ListHostedZonesByNameRequest(string? DNSName = null);
public sealed record ListHostedZonesByNameResponse(List<HostedZone> HostedZones, bool IsTruncated);
public sealed record GetHostedZoneRequest(string Id);
public sealed record GetHostedZoneResponse(HostedZone HostedZone, List<string> NameServers);
public sealed record CreateHostedZoneRequest(string Name, string CallerReference);
public sealed record CreateHostedZoneResponse(HostedZone HostedZone, ChangeInfo ChangeInfo);
public sealed record DeleteHostedZoneRequest(string Id);
public sealed record ListResourceRecordSetsRequest(string HostedZoneId)
{
    public string? StartRecordName { get; init; }
    public string? StartRecordType { get; init; }
    public string? StartRecordIdentifier { get; init; }
    public int? MaxItems { get; init; }
}

public sealed record ListResourceRecordSetsResponse(
    List<ResourceRecordSet> ResourceRecordSets, bool IsTruncated, string? NextRecordName, string? NextRecordType, string? NextRecordIdentifier);
public sealed record ChangeResourceRecordSetsRequest(string HostedZoneId, ChangeBatch ChangeBatch);
public sealed record ChangeResourceRecordSetsResponse(ChangeInfo ChangeInfo);
public sealed record GetChangeRequest(string Id);
public sealed record GetChangeResponse(ChangeInfo ChangeInfo);
