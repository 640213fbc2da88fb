using System.Text.RegularExpressions;
using Mayfly.Aws.Route53;
using Mayfly.Aws.Route53.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// DNS records that external-dns made: it marks each with a TXT record that names its owner. Where it was removed first, records
/// and marks stay, and block the next environment of the name.
/// </summary>
/// <param name="route53">The client.</param>
/// <param name="zone">The zone of the public hosts.</param>
public sealed partial class RecordLeftovers(AmazonRoute53Client route53, string zone) : ILeftovers
{
    private readonly Dictionary<string, ResourceRecordSet> _records = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public string Looks => $"records of zone {zone}, ownership marks included";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        if (await ZoneIdAsync(ct) is not { } zoneId)
        {
            return [];
        }

        var all = await ReadAsync(zoneId, ct);
        var found = new List<Leftover>();
        foreach (var mark in all.Where(record => record.Type == "TXT"))
        {
            var owner = mark.ResourceRecords.Select(value => OwnerMark().Match(value.Value)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
            if (owner is null || ownership.ByName(owner) is not { } ours)
            {
                continue;
            }

            // The mark's own name is the record's, or the record's with its type before it: "cname-" or "a-".
            var name = TypePrefix().Replace(mark.Name, "");
            foreach (var record in all.Where(r => r == mark || (r.Type is "A" or "AAAA" or "CNAME" && (r.Name == name || r.Name == mark.Name))))
            {
                var id = $"{record.Type} {record.Name}";
                _records[id] = record;
                found.Add(new Leftover("DNS record", id, ours.Owner, $"external-dns owner {owner}"));
            }
        }

        return [.. found.Distinct()];
    }

    /// <inheritdoc />
    public async Task RemoveAsync(Leftover leftover, CancellationToken ct)
    {
        if (_records.TryGetValue(leftover.Id, out var record) && await ZoneIdAsync(ct) is { } zoneId)
        {
            var batch = new ChangeBatch([new Change("DELETE", record)], "mayfly teardown");
            await Gone.IsFineAsync(() => route53.ChangeResourceRecordSetsAsync(new ChangeResourceRecordSetsRequest(zoneId, batch), ct));
        }
    }

    private async Task<string?> ZoneIdAsync(CancellationToken ct)
    {
        var zones = await route53.ListHostedZonesByNameAsync(new ListHostedZonesByNameRequest(zone), ct);
        return zones.HostedZones.FirstOrDefault(found => found.Name.TrimEnd('.') == zone && !found.PrivateZone)?.Id.Split('/')[^1];
    }

    private async Task<List<ResourceRecordSet>> ReadAsync(string zoneId, CancellationToken ct)
    {
        var records = new List<ResourceRecordSet>();
        var request = new ListResourceRecordSetsRequest(zoneId);
        while (true)
        {
            var page = await route53.ListResourceRecordSetsAsync(request, ct);
            records.AddRange(page.ResourceRecordSets);
            if (!page.IsTruncated)
            {
                return records;
            }

            request = request with
            {
                StartRecordName = page.NextRecordName,
                StartRecordType = page.NextRecordType,
                StartRecordIdentifier = page.NextRecordIdentifier,
            };
        }
    }

    [GeneratedRegex("external-dns/owner=([^,\"]+)")]
    private static partial Regex OwnerMark();

    [GeneratedRegex("^(?:a|aaaa|cname)-")]
    private static partial Regex TypePrefix();
}
