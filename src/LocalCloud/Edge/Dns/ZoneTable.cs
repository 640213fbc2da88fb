using System.Net;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

namespace Mayfly.LocalCloud.Edge.Dns;

/// <summary>What an authoritative server answers.</summary>
public sealed record DnsAnswer(ReturnCode Code, IReadOnlyList<DnsRecordBase> Answers, IReadOnlyList<DnsRecordBase> Authority, bool IsAuthoritative);

/// <summary>All public zones and the load balancers' own names, as they were at one moment. Looking up is pure.</summary>
/// <param name="zones">The hosted zones; of two with the same name the first counts, as only one can be delegated to.</param>
/// <param name="balancers">The DNS names of the load balancers there are.</param>
/// <param name="edge">The address that stands for every load balancer.</param>
public sealed class ZoneTable(IReadOnlyList<Zone> zones, IReadOnlySet<DomainName> balancers, IPAddress edge)
{
    private const int AliasTtl = 60;
    private const int MaxChain = 16;

    /// <summary>The domain that load balancers are named in.</summary>
    public static readonly DomainName BalancerDomain = DomainName.Parse("elb.amazonaws.com");

    private static readonly Zone BalancerZone = new(BalancerDomain);

    /// <summary>Answers a question.</summary>
    public DnsAnswer Look(DomainName name, RecordType type)
    {
        var answers = new List<DnsRecordBase>();
        return Follow(name, name, type, answers, MaxChain);
    }

    /// <summary>The load balancer that a name leads to, whatever the way; null: to none.</summary>
    public DomainName? BalancerOf(DomainName name)
    {
        for (var hops = 0; hops < MaxChain; hops++)
        {
            if (balancers.Contains(Plain(name)))
            {
                return Plain(name);
            }

            if (ZoneOf(name) is not { } zone || zone.SourceOf(name) is not { } source)
            {
                return null;
            }

            var next = zone.Find(source, RecordType.A)?.Alias
                ?? zone.Find(source, RecordType.CName)?.Records.OfType<CNameRecord>().FirstOrDefault()?.CanonicalName;
            if (next is null)
            {
                return null;
            }

            name = next;
        }

        return null;
    }

    /// <param name="asked">The name under which records are answered: an alias is answered under its own name.</param>
    /// <param name="name">The name that is looked up.</param>
    /// <param name="type">The type.</param>
    /// <param name="answers">What was found on the way.</param>
    /// <param name="left">How many more names may be followed.</param>
    private DnsAnswer Follow(DomainName asked, DomainName name, RecordType type, List<DnsRecordBase> answers, int left)
    {
        if (name.IsEqualOrSubDomainOf(BalancerDomain))
        {
            return LookBalancer(asked, name, type, answers);
        }

        if (ZoneOf(name) is not { } zone || left == 0)
        {
            // A chain that leads outside ends there: the resolver goes on by itself. A question from outside is refused.
            return answers.Count > 0 ? Found(answers) : new DnsAnswer(left == 0 ? ReturnCode.ServerFailure : ReturnCode.Refused, [], [], false);
        }

        if (zone.DelegationOf(name) is { } delegation)
        {
            return new DnsAnswer(ReturnCode.NoError, answers, delegation.Records, answers.Count > 0);
        }

        if (zone.SourceOf(name) is not { } source)
        {
            return new DnsAnswer(ReturnCode.NxDomain, answers, [zone.Soa], true);
        }

        if (type == RecordType.Any)
        {
            answers.AddRange(zone.All(source).SelectMany(entry => entry.Records).Select(record => Renamed(record, asked)));
            return answers.Count > 0 ? Found(answers) : Nothing(zone, answers);
        }

        if (zone.Find(source, type) is { } entry)
        {
            if (entry.Alias is { } target)
            {
                return Follow(asked, target, type, answers, left - 1);
            }

            answers.AddRange(entry.Records.Select(record => Renamed(record, asked)));
            return Found(answers);
        }

        if (zone.Find(source, RecordType.CName) is { Records: [CNameRecord canonical, ..] })
        {
            answers.Add(Renamed(canonical, asked));
            return Follow(canonical.CanonicalName, canonical.CanonicalName, type, answers, left - 1);
        }

        return Nothing(zone, answers);
    }

    private DnsAnswer LookBalancer(DomainName asked, DomainName name, RecordType type, List<DnsRecordBase> answers)
    {
        if (!balancers.Contains(Plain(name)))
        {
            return new DnsAnswer(ReturnCode.NxDomain, answers, [BalancerZone.Soa], true);
        }

        if (type is RecordType.A or RecordType.Any)
        {
            answers.Add(new ARecord(asked, AliasTtl, edge));
            return Found(answers);
        }

        return Nothing(BalancerZone, answers);
    }

    private Zone? ZoneOf(DomainName name) => zones
        .Where(zone => name.IsEqualOrSubDomainOf(zone.Name))
        .MaxBy(zone => zone.Name.LabelCount);

    // "dualstack." before a load balancer's name is the same load balancer.
    private static DomainName Plain(DomainName name) =>
        name.LabelCount > 0 && string.Equals(name.Labels[0], "dualstack", StringComparison.OrdinalIgnoreCase) ? name.GetParentName() : name;

    private static DnsAnswer Found(List<DnsRecordBase> answers) => new(ReturnCode.NoError, answers, [], true);

    private static DnsAnswer Nothing(Zone zone, List<DnsRecordBase> answers) => new(ReturnCode.NoError, answers, [zone.Soa], true);

    private static DnsRecordBase Renamed(DnsRecordBase record, DomainName name) => record.Name == name ? record : record switch
    {
        ARecord a => new ARecord(name, a.TimeToLive, a.Address),
        AaaaRecord aaaa => new AaaaRecord(name, aaaa.TimeToLive, aaaa.Address),
        CNameRecord cname => new CNameRecord(name, cname.TimeToLive, cname.CanonicalName),
        TxtRecord txt => new TxtRecord(name, txt.TimeToLive, txt.TextParts),
        NsRecord ns => new NsRecord(name, ns.TimeToLive, ns.NameServer),
        MxRecord mx => new MxRecord(name, mx.TimeToLive, mx.Preference, mx.ExchangeDomainName),
        _ => record,
    };
}
