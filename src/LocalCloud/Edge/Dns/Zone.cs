using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

namespace Mayfly.LocalCloud.Edge.Dns;

/// <summary>What stands at one name and type of a zone: records, or the name that they are an alias of.</summary>
/// <param name="Records">The records; empty for an alias.</param>
/// <param name="Alias">The name whose records are answered in their place.</param>
public sealed record ZoneEntry(IReadOnlyList<DnsRecordBase> Records, DomainName? Alias = null);

/// <summary>A hosted zone.</summary>
public sealed class Zone
{
    private readonly Dictionary<(DomainName Name, RecordType Type), ZoneEntry> _entries = [];
    private readonly HashSet<DomainName> _names = [];

    /// <summary>An empty zone.</summary>
    public Zone(DomainName name)
    {
        Name = name;
        _names.Add(name);
    }

    /// <summary>The zone's name.</summary>
    public DomainName Name { get; }

    /// <summary>Its start of authority, which says how long an absence may be remembered.</summary>
    public SoaRecord Soa => Find(Name, RecordType.Soa)?.Records.OfType<SoaRecord>().FirstOrDefault()
        ?? new SoaRecord(Name, 900, DomainName.Parse("ns-1.awsdns-local.com"), DomainName.Parse("awsdns-hostmaster.amazon.com"), 1, 7200, 900, 1209600, 60);

    /// <summary>Adds what stands at a name; the names above it come to exist with it (RFC 4592's empty non-terminals).</summary>
    public void Add(DomainName name, RecordType type, ZoneEntry entry)
    {
        _entries[(name, type)] = entry;
        for (var above = name; above.IsEqualOrSubDomainOf(Name) && _names.Add(above) && above.LabelCount > Name.LabelCount;)
        {
            above = above.GetParentName();
        }
    }

    /// <summary>What stands at exactly this name and type.</summary>
    public ZoneEntry? Find(DomainName name, RecordType type) => _entries.GetValueOrDefault((name, type));

    /// <summary>Everything at exactly this name.</summary>
    public IEnumerable<ZoneEntry> All(DomainName name) => _entries.Where(entry => entry.Key.Name == name).Select(entry => entry.Value);

    /// <summary>Whether the name exists, with records or only with names below it.</summary>
    public bool Exists(DomainName name) => _names.Contains(name);

    /// <summary>The name whose records answer for this one: itself, a wildcard beside its closest ancestor, or null: it does not exist.</summary>
    public DomainName? SourceOf(DomainName name)
    {
        if (Exists(name))
        {
            return name;
        }

        var encloser = name.GetParentName();
        while (!Exists(encloser))
        {
            encloser = encloser.GetParentName();
        }

        var wildcard = new DomainName(["*", .. encloser.Labels]);
        return Exists(wildcard) ? wildcard : null;
    }

    /// <summary>The name servers of a part that was delegated away, above or at this name.</summary>
    public ZoneEntry? DelegationOf(DomainName name)
    {
        ZoneEntry? found = null;
        for (var at = name; at.LabelCount > Name.LabelCount; at = at.GetParentName())
        {
            found = Find(at, RecordType.Ns) ?? found;
        }

        return found;
    }
}
