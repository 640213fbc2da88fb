using System.Net;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;
using Mayfly.LocalCloud.Edge.Dns;
using Zone = Mayfly.LocalCloud.Edge.Dns.Zone;

namespace Mayfly.LocalCloud.Tests.Edge;

public sealed class ZoneTableTests
{
    private const string Balancer = "k8s-pr42-pr42-abc-1.us-east-1.elb.amazonaws.com";
    private readonly Zone _zone = new(DomainName.Parse("jetscale.ai"));
    private readonly ZoneTable _table;

    public ZoneTableTests()
    {
        Add("jetscale.ai", RecordType.Ns, "ns-1.example.net.");
        Add("www.jetscale.ai", RecordType.CName, "app.jetscale.ai.");
        Add("app.jetscale.ai", RecordType.A, "192.0.2.1");
        Add("deep.below.jetscale.ai", RecordType.Txt, "\"heritage=external-dns\" \"second\"");
        Add("away.jetscale.ai", RecordType.CName, "elsewhere.example.org.");
        Add("child.jetscale.ai", RecordType.Ns, "ns.child.example.net.");
        Add(@"\052.wild.jetscale.ai", RecordType.A, "192.0.2.7");
        _zone.Add(Name("pr-42.jetscale.ai"), RecordType.A, new ZoneEntry([], Name($"dualstack.{Balancer}")));
        _zone.Add(Name("pr-42.jetscale.ai"), RecordType.Aaaa, new ZoneEntry([], Name(Balancer)));
        _zone.Add(Name("gone.jetscale.ai"), RecordType.A, new ZoneEntry([], Name("deleted-1.us-east-1.elb.amazonaws.com")));
        _table = new ZoneTable([_zone], new HashSet<DomainName> { Name(Balancer) }, IPAddress.Loopback);
    }

    [Fact]
    public void An_alias_of_a_load_balancer_is_the_edge_under_its_own_name()
    {
        var answer = _table.Look(Name("PR-42.jetscale.ai"), RecordType.A);

        var record = Assert.IsType<ARecord>(Assert.Single(answer.Answers));
        Assert.Equal(Name("pr-42.jetscale.ai"), record.Name);
        Assert.Equal(IPAddress.Loopback, record.Address);
        Assert.True(answer.IsAuthoritative);
    }

    [Fact]
    public void A_load_balancer_has_no_IPv6_address_but_exists()
    {
        var answer = _table.Look(Name("pr-42.jetscale.ai"), RecordType.Aaaa);

        Assert.Equal(ReturnCode.NoError, answer.Code);
        Assert.Empty(answer.Answers);
        Assert.IsType<SoaRecord>(Assert.Single(answer.Authority));
    }

    [Fact]
    public void An_alias_of_a_deleted_load_balancer_does_not_exist() =>
        Assert.Equal(ReturnCode.NxDomain, _table.Look(Name("gone.jetscale.ai"), RecordType.A).Code);

    [Fact]
    public void A_canonical_name_is_followed_within_the_zones()
    {
        var answer = _table.Look(Name("www.jetscale.ai"), RecordType.A);

        Assert.Collection(answer.Answers, first => Assert.IsType<CNameRecord>(first), second => Assert.IsType<ARecord>(second));
    }

    [Fact]
    public void A_canonical_name_outside_is_answered_alone()
    {
        var answer = _table.Look(Name("away.jetscale.ai"), RecordType.A);

        Assert.Equal(ReturnCode.NoError, answer.Code);
        Assert.IsType<CNameRecord>(Assert.Single(answer.Answers));
    }

    [Fact]
    public void A_missing_name_is_denied_with_the_start_of_authority()
    {
        var answer = _table.Look(Name("nobody.jetscale.ai"), RecordType.A);

        Assert.Equal(ReturnCode.NxDomain, answer.Code);
        Assert.IsType<SoaRecord>(Assert.Single(answer.Authority));
    }

    [Fact]
    public void A_name_above_an_existing_one_exists_without_records()
    {
        var answer = _table.Look(Name("below.jetscale.ai"), RecordType.A);

        Assert.Equal(ReturnCode.NoError, answer.Code);
        Assert.Empty(answer.Answers);
    }

    [Fact]
    public void A_wildcard_answers_for_names_beside_it_and_not_for_itself_above()
    {
        var answer = _table.Look(Name("any.thing.wild.jetscale.ai"), RecordType.A);

        Assert.Equal(Name("any.thing.wild.jetscale.ai"), Assert.Single(answer.Answers).Name);
        Assert.Empty(_table.Look(Name("wild.jetscale.ai"), RecordType.A).Answers);
    }

    [Fact]
    public void A_delegated_part_is_referred_to_its_name_servers()
    {
        var answer = _table.Look(Name("a.child.jetscale.ai"), RecordType.A);

        Assert.False(answer.IsAuthoritative);
        Assert.IsType<NsRecord>(Assert.Single(answer.Authority));
    }

    [Fact]
    public void The_rest_of_the_world_is_refused() =>
        Assert.Equal(ReturnCode.Refused, _table.Look(Name("example.org"), RecordType.A).Code);

    [Fact]
    public void The_strings_of_a_TXT_record_stay_apart()
    {
        var record = Assert.IsType<TxtRecord>(Assert.Single(_table.Look(Name("deep.below.jetscale.ai"), RecordType.Txt).Answers));

        Assert.Equal(["heritage=external-dns", "second"], record.TextParts);
    }

    [Fact]
    public void The_balancer_behind_a_name_is_found_through_aliases() =>
        Assert.Equal(Name(Balancer), _table.BalancerOf(Name("pr-42.jetscale.ai")));

    private static DomainName Name(string name) => DomainName.Parse(name);

    private void Add(string name, RecordType type, string value)
    {
        var parsed = RecordText.Name(name)!;
        _zone.Add(parsed, type, new ZoneEntry([RecordText.Record(parsed, type, 300, value)!]));
    }
}
