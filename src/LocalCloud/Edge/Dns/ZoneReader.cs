using System.Net;
using ARSoft.Tools.Net;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;

namespace Mayfly.LocalCloud.Edge.Dns;

/// <summary>Reads the public zones from Route 53, and the names that load balancers have.</summary>
internal sealed class ZoneReader(AwsSession session, AmazonElasticLoadBalancingV2Client balancing, IPAddress edge)
{
    private const int DefaultTtl = 300;
    private readonly AmazonRoute53Client _route53 = new(session);

    public async Task<ZoneTable> ReadAsync(CancellationToken ct)
    {
        var zones = new List<Zone>();
        for (var marker = (string?)null; ;)
        {
            var page = await _route53.ListHostedZonesAsync(new ListHostedZonesRequest(marker), ct);
            foreach (var hosted in page.HostedZones.Where(zone => !zone.PrivateZone))
            {
                if (RecordText.Name(hosted.Name) is { } name && zones.TrueForAll(zone => zone.Name != name))
                {
                    zones.Add(await ReadZoneAsync(hosted.Id, name, ct));
                }
            }

            if (!page.IsTruncated || page.NextMarker is null)
            {
                break;
            }

            marker = page.NextMarker;
        }

        var balancers = await balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), ct);
        var names = balancers.LoadBalancers.Select(balancer => balancer.DNSName).OfType<string>().Select(RecordText.Name).OfType<DomainName>();
        return new ZoneTable(zones, names.ToHashSet(), edge);
    }

    private async Task<Zone> ReadZoneAsync(string id, DomainName zoneName, CancellationToken ct)
    {
        var zone = new Zone(zoneName);
        var request = new ListResourceRecordSetsRequest(id);
        while (true)
        {
            var page = await _route53.ListResourceRecordSetsAsync(request, ct);
            page.ResourceRecordSets.ForEach(set => Add(zone, set));
            if (!page.IsTruncated || page.NextRecordName is null)
            {
                return zone;
            }

            request = request with
            {
                StartRecordName = page.NextRecordName,
                StartRecordType = page.NextRecordType,
                StartRecordIdentifier = page.NextRecordIdentifier,
            };
        }
    }

    private static void Add(Zone zone, ResourceRecordSet set)
    {
        if (RecordText.Name(set.Name) is not { } name || RecordText.Type(set.Type) is not { } type)
        {
            return;
        }

        if (set.AliasTarget is { } alias)
        {
            if (RecordText.Name(alias.DNSName) is { } target)
            {
                zone.Add(name, type, new ZoneEntry([], target));
            }

            return;
        }

        var records = set.ResourceRecords.Select(record => RecordText.Record(name, type, set.TTL ?? DefaultTtl, record.Value));
        zone.Add(name, type, new ZoneEntry([.. records.OfType<ARSoft.Tools.Net.Dns.DnsRecordBase>()]));
    }
}
