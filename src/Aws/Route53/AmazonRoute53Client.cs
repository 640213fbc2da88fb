using System.Globalization;
using System.Xml.Linq;
using Mayfly.Aws.Protocols;
using Mayfly.Aws.Route53.Model;
using static Mayfly.Aws.Protocols.AwsRequest;

namespace Mayfly.Aws.Route53;

/// <summary>Route 53, named and shaped as the SDK's client. Ids are taken with or without their path.</summary>
public sealed class AmazonRoute53Client(AwsSession session)
{
    private static readonly XNamespace Api = "https://route53.amazonaws.com/doc/2013-04-01/";
    private readonly AwsRestXmlClient _client = new(session, AwsService.Route53);

    public async Task<ListHostedZonesResponse> ListHostedZonesAsync(ListHostedZonesRequest request, CancellationToken ct = default)
    {
        var query = new AwsParameters().Add("marker", request.Marker).Add("maxitems", request.MaxItems);
        var result = await Get("ListHostedZones", "/2013-04-01/hostedzone", query, ct);
        return new([.. result.Items("HostedZones").Select(ReadZone)], result.Bool("IsTruncated") ?? false, result.Text("NextMarker"));
    }

    public async Task<ListHostedZonesByNameResponse> ListHostedZonesByNameAsync(
        ListHostedZonesByNameRequest request, CancellationToken ct = default)
    {
        var result = await Get("ListHostedZonesByName", "/2013-04-01/hostedzonesbyname", new AwsParameters().Add("dnsname", request.DNSName), ct);
        return new([.. result.Items("HostedZones").Select(ReadZone)], result.Bool("IsTruncated") ?? false);
    }

    public async Task<GetHostedZoneResponse> GetHostedZoneAsync(GetHostedZoneRequest request, CancellationToken ct = default)
    {
        var result = await Get("GetHostedZone", PathOf($"/2013-04-01/hostedzone/{Bare(request.Id)}"), null, ct);
        return new(ReadZone(result.Element("HostedZone")!), result.Element("DelegationSet").Texts("NameServers"));
    }

    public async Task<CreateHostedZoneResponse> CreateHostedZoneAsync(CreateHostedZoneRequest request, CancellationToken ct = default)
    {
        var body = new XElement(Api + "CreateHostedZoneRequest",
            new XElement(Api + "Name", request.Name), new XElement(Api + "CallerReference", request.CallerReference));
        var result = await _client.CallAsync("CreateHostedZone", HttpMethod.Post, "/2013-04-01/hostedzone", body, ct: ct);
        return new(ReadZone(result.Element("HostedZone")!), ReadChange(result));
    }

    public Task DeleteHostedZoneAsync(DeleteHostedZoneRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteHostedZone", HttpMethod.Delete, PathOf($"/2013-04-01/hostedzone/{Bare(request.Id)}"), ct: ct);

    public async Task<ListResourceRecordSetsResponse> ListResourceRecordSetsAsync(
        ListResourceRecordSetsRequest request, CancellationToken ct = default)
    {
        var query = new AwsParameters().Add("name", request.StartRecordName).Add("type", request.StartRecordType)
            .Add("identifier", request.StartRecordIdentifier).Add("maxitems", request.MaxItems);
        var result = await Get("ListResourceRecordSets", PathOf($"/2013-04-01/hostedzone/{Bare(request.HostedZoneId)}/rrset"), query, ct);
        return new([.. result.Items("ResourceRecordSets").Select(ReadRecords)], result.Bool("IsTruncated") ?? false,
            result.Text("NextRecordName"), result.Text("NextRecordType"), result.Text("NextRecordIdentifier"));
    }

    public async Task<ChangeResourceRecordSetsResponse> ChangeResourceRecordSetsAsync(
        ChangeResourceRecordSetsRequest request, CancellationToken ct = default)
    {
        var body = new XElement(Api + "ChangeResourceRecordSetsRequest", new XElement(Api + "ChangeBatch",
            request.ChangeBatch.Comment is { } comment ? new XElement(Api + "Comment", comment) : null,
            new XElement(Api + "Changes", request.ChangeBatch.Changes.Select(change => new XElement(Api + "Change",
                new XElement(Api + "Action", change.Action), WriteRecords(change.ResourceRecordSet))))));
        var path = PathOf($"/2013-04-01/hostedzone/{Bare(request.HostedZoneId)}/rrset");
        return new(ReadChange(await _client.CallAsync("ChangeResourceRecordSets", HttpMethod.Post, path, body, ct: ct)));
    }

    public async Task<GetChangeResponse> GetChangeAsync(GetChangeRequest request, CancellationToken ct = default) =>
        new(ReadChange(await Get("GetChange", PathOf($"/2013-04-01/change/{Bare(request.Id)}"), null, ct)));

    private Task<XElement> Get(string operation, string path, AwsParameters? query, CancellationToken ct) =>
        _client.CallAsync(operation, HttpMethod.Get, path, query: query?.ToList(), ct: ct);

    private static string Bare(string id) => id[(id.LastIndexOf('/') + 1)..];

    private static ChangeInfo ReadChange(XElement result) =>
        new(result.Element("ChangeInfo").Text("Id") ?? "", result.Element("ChangeInfo").Text("Status") ?? "");

    private static HostedZone ReadZone(XElement zone) => new()
    {
        Id = zone.Text("Id")!,
        Name = zone.Text("Name")!,
        CallerReference = zone.Text("CallerReference"),
        PrivateZone = zone.Element("Config").Bool("PrivateZone") ?? false,
        ResourceRecordSetCount = zone.Int("ResourceRecordSetCount"),
    };

    private static ResourceRecordSet ReadRecords(XElement set) => new()
    {
        Name = set.Text("Name")!,
        Type = set.Text("Type")!,
        SetIdentifier = set.Text("SetIdentifier"),
        Weight = set.Int("Weight"),
        TTL = set.Int("TTL"),
        ResourceRecords = [.. set.Items("ResourceRecords").Select(record => new ResourceRecord(record.Text("Value")!))],
        AliasTarget = set.Element("AliasTarget") is { } alias
            ? new AliasTarget(alias.Text("HostedZoneId")!, alias.Text("DNSName")!, alias.Bool("EvaluateTargetHealth") ?? false)
            : null,
    };

    // The order of the elements is the schema's; Route 53 refuses another one.
    private static XElement WriteRecords(ResourceRecordSet set) => new(Api + "ResourceRecordSet",
        new XElement(Api + "Name", set.Name),
        new XElement(Api + "Type", set.Type),
        set.SetIdentifier is { } identifier ? new XElement(Api + "SetIdentifier", identifier) : null,
        set.Weight is { } weight ? new XElement(Api + "Weight", weight.ToString(CultureInfo.InvariantCulture)) : null,
        set.TTL is { } ttl ? new XElement(Api + "TTL", ttl.ToString(CultureInfo.InvariantCulture)) : null,
        set.ResourceRecords.Count > 0
            ? new XElement(Api + "ResourceRecords", set.ResourceRecords.Select(record =>
                new XElement(Api + "ResourceRecord", new XElement(Api + "Value", record.Value))))
            : null,
        set.AliasTarget is { } alias
            ? new XElement(Api + "AliasTarget",
                new XElement(Api + "HostedZoneId", alias.HostedZoneId),
                new XElement(Api + "DNSName", alias.DNSName),
                new XElement(Api + "EvaluateTargetHealth", alias.EvaluateTargetHealth ? "true" : "false"))
            : null);
}
