using Mayfly.Aws.Route53.Model;

namespace Mayfly.LocalCloud.Operators.ExternalDns;

/// <summary>A name that some resource of the cluster wants to lead somewhere.</summary>
/// <param name="Name">The DNS name.</param>
/// <param name="Targets">Host names or addresses.</param>
/// <param name="Resource">The resource, <c>ingress/namespace/name</c>.</param>
/// <param name="Ttl">The time to live, where it says one.</param>
internal sealed record WantedName(string Name, IReadOnlyList<string> Targets, string Resource, int? Ttl);

/// <summary>
/// What has to change in a zone. Records without this owner's TXT record beside them are never touched, whatever is wanted. Pure.
/// </summary>
internal sealed class DnsPlan(Ownership ownership, string policy)
{
    private const int DefaultTtl = 300;

    /// <summary>What has to change.</summary>
    /// <param name="wanted">The names wanted in this zone.</param>
    /// <param name="there">What is in the zone.</param>
    /// <param name="say">Told why a wanted name is left alone.</param>
    public List<Change> Changes(IReadOnlyList<WantedName> wanted, IReadOnlyList<ResourceRecordSet> there, Action<string> say)
    {
        var records = there.Where(set => set.Type is "A" or "AAAA" or "CNAME").ToLookup(set => Plain(set.Name));
        var texts = there.Where(set => set.Type == "TXT")
            .Select(set => (Set: set, Owner: set.ResourceRecords.Select(record => Ownership.OwnerOf(record.Value)).FirstOrDefault(found => found is not null)))
            .Where(text => text.Owner is not null && ownership.RecordName(Plain(text.Set.Name)) is not null)
            .ToLookup(text => ownership.RecordName(Plain(text.Set.Name))!);
        var changes = new List<Change>();

        foreach (var name in wanted.GroupBy(name => Plain(name.Name)).Select(same => same.OrderBy(name => name.Resource, StringComparer.Ordinal).First()))
        {
            var key = Plain(name.Name);
            var owners = texts[key].Select(text => text.Owner).Distinct().ToList();
            if (owners.Exists(owner => owner != ownership.Owner))
            {
                say($"Skipping endpoint {key} because owner id does not match, found: \"{owners[0]}\", required: \"{ownership.Owner}\"");
                continue;
            }

            if (owners.Count == 0 && records[key].Any())
            {
                say($"Skipping endpoint {key} because owner id does not match, found: \"\", required: \"{ownership.Owner}\"");
                continue;
            }

            if (policy == "create-only" && owners.Count > 0)
            {
                continue;
            }

            var desired = Records(name).ToList();
            var types = desired.Select(set => set.Type).ToHashSet();
            changes.AddRange(records[key].Where(set => !types.Contains(set.Type)).Select(set => new Change("DELETE", set)));
            changes.AddRange(desired
                .Where(set => !there.Any(other => Same(other, set)))
                .Select(set => new Change(there.Any(other => Plain(other.Name) == Plain(set.Name) && other.Type == set.Type) ? "UPSERT" : "CREATE", set)));
        }

        if (policy == "sync")
        {
            var kept = wanted.Select(name => Plain(name.Name)).ToHashSet();
            foreach (var orphan in texts.Where(text => !kept.Contains(text.Key) && text.All(own => own.Owner == ownership.Owner)))
            {
                changes.AddRange(records[orphan.Key].Select(set => new Change("DELETE", set)));
                changes.AddRange(orphan.Select(text => new Change("DELETE", text.Set)));
            }
        }

        return changes;
    }

    /// <summary>The records of a wanted name, each with the TXT record beside it.</summary>
    private IEnumerable<ResourceRecordSet> Records(WantedName wanted)
    {
        var name = Plain(wanted.Name) + ".";
        var addresses = wanted.Targets.Where(target => System.Net.IPAddress.TryParse(target, out _)).ToList();
        if (addresses.Count > 0)
        {
            foreach (var family in addresses.GroupBy(address => address.Contains(':') ? "AAAA" : "A"))
            {
                yield return new ResourceRecordSet
                {
                    Name = name,
                    Type = family.Key,
                    TTL = wanted.Ttl ?? DefaultTtl,
                    ResourceRecords = [.. family.Select(address => new ResourceRecord(address))],
                };
                yield return Text(wanted, family.Key);
            }
        }
        else if (BalancerZones.Find(wanted.Targets[0]) is { } zone)
        {
            foreach (var type in new[] { "A", "AAAA" })
            {
                yield return new ResourceRecordSet { Name = name, Type = type, AliasTarget = new AliasTarget(zone, wanted.Targets[0] + ".", true) };
                yield return Text(wanted, type == "A" ? "CNAME" : type);
            }
        }
        else
        {
            yield return new ResourceRecordSet
            {
                Name = name,
                Type = "CNAME",
                TTL = wanted.Ttl ?? DefaultTtl,
                ResourceRecords = [new ResourceRecord(wanted.Targets[0])],
            };
            yield return Text(wanted, "CNAME");
        }
    }

    private ResourceRecordSet Text(WantedName wanted, string type) => new()
    {
        Name = ownership.TextName(Plain(wanted.Name), type) + ".",
        Type = "TXT",
        TTL = DefaultTtl,
        ResourceRecords = [new ResourceRecord(ownership.Text(wanted.Resource))],
    };

    private static bool Same(ResourceRecordSet there, ResourceRecordSet wanted) =>
        Plain(there.Name) == Plain(wanted.Name)
        && there.Type == wanted.Type
        && (wanted.AliasTarget is { } alias
            ? there.AliasTarget is { } other && Plain(other.DNSName) == Plain(alias.DNSName)
            : there.AliasTarget is null && there.ResourceRecords.Select(record => record.Value).Order().SequenceEqual(wanted.ResourceRecords.Select(record => record.Value).Order()));

    /// <summary>A name without the dot at the end, in lower case, its wildcard readable.</summary>
    internal static string Plain(string name) => name.TrimEnd('.').Replace(@"\052", "*", StringComparison.Ordinal).ToLowerInvariant();
}
