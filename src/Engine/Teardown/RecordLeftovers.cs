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
        var found = Owned(all, ownership).ToList();
        found.ForEach(entry => _records[entry.Leftover.Id] = entry.Record);
        return [.. found.Select(entry => entry.Leftover).Distinct()];
    }

    /// <summary>The records of a zone that belong to an environment in question, and their marks. Pure.</summary>
    public static IEnumerable<(Leftover Leftover, ResourceRecordSet Record)> Owned(IReadOnlyList<ResourceRecordSet> all, Ownership ownership)
    {
        var addresses = all.Where(record => record.Type is "A" or "AAAA" or "CNAME").ToLookup(record => record.Name, StringComparer.Ordinal);

        // The mark's own name is the record's, in the old form; else the record's with its type before it: "cname-" or "a-".
        var marks = all.Where(record => record.Type == "TXT")
            .Select(record => (Record: record, Owner: OwnerOf(record), Of: addresses.Contains(record.Name) ? record.Name : TypePrefix().Replace(record.Name, "")))
            .Where(mark => mark.Owner is not null).ToList();
        var owners = marks.ToLookup(mark => mark.Of, mark => mark.Owner, StringComparer.Ordinal);
        foreach (var (mark, owner, name) in marks)
        {
            if (ownership.ByName(owner!) is not { } ours)
            {
                continue;
            }

            // What another's mark stands beside too is not touched: one of the two names may only look like the other's.
            foreach (var record in owners[name].Distinct().Count() == 1 ? addresses[name].Append(mark) : [mark])
            {
                yield return (new Leftover("DNS record", $"{record.Type} {record.Name}", ours.Owner, $"external-dns owner {owner}"), record);
            }
        }
    }

    private static string? OwnerOf(ResourceRecordSet mark) =>
        mark.ResourceRecords.Select(value => OwnerMark().Match(value.Value)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

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
