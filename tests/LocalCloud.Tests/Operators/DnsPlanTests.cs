using Mayfly.Aws.Route53.Model;
using Mayfly.LocalCloud.Operators.ExternalDns;

namespace Mayfly.LocalCloud.Tests.Operators;

public sealed class DnsPlanTests
{
    private const string Balancer = "k8s-pr42-pr42-0123456789-1.us-east-1.elb.amazonaws.com";
    private static readonly WantedName Wanted = new("App.jetscale.ai", [Balancer], "ingress/pr-42/pr-42", null);
    private readonly List<string> _said = [];

    [Fact]
    public void A_new_name_gets_aliases_and_the_TXT_records_of_its_owner()
    {
        var changes = Plan("sync").Changes([Wanted], [], _said.Add);

        Assert.All(changes, change => Assert.Equal("CREATE", change.Action));
        Assert.Equal(
            ["app.jetscale.ai. A", "cname-app.jetscale.ai. TXT", "app.jetscale.ai. AAAA", "aaaa-app.jetscale.ai. TXT"],
            changes.Select(change => $"{change.ResourceRecordSet.Name} {change.ResourceRecordSet.Type}"));
        Assert.Equal("Z35SXDOTRQ7X7K", changes[0].ResourceRecordSet.AliasTarget!.HostedZoneId);
        Assert.Equal(
            "\"heritage=external-dns,external-dns/owner=pr-42,external-dns/resource=ingress/pr-42/pr-42\"",
            changes[1].ResourceRecordSet.ResourceRecords[0].Value);
    }

    [Fact]
    public void What_is_as_wanted_is_left_alone() =>
        Assert.Empty(Plan("sync").Changes([Wanted], Written(Wanted), _said.Add));

    [Fact]
    public void A_new_load_balancer_is_followed()
    {
        var changes = Plan("sync").Changes([Wanted with { Targets = ["other-1.us-east-1.elb.amazonaws.com"] }], Written(Wanted), _said.Add);

        Assert.Equal(["A", "AAAA"], changes.Select(change => change.ResourceRecordSet.Type));
        Assert.All(changes, change => Assert.Equal("UPSERT", change.Action));
    }

    [Fact]
    public void Names_wanted_no_more_go_with_their_TXT_records_when_the_policy_is_sync()
    {
        Assert.Equal(4, Plan("sync").Changes([], Written(Wanted), _said.Add).Count(change => change.Action == "DELETE"));
        Assert.Empty(Plan("upsert-only").Changes([], Written(Wanted), _said.Add));
    }

    [Fact]
    public void Records_of_another_owner_are_never_touched()
    {
        var others = Written(Wanted, owner: "pr-41");

        Assert.Empty(Plan("sync").Changes([], others, _said.Add));
        Assert.Empty(Plan("sync").Changes([Wanted], others, _said.Add));
        Assert.Contains("owner id does not match, found: \"pr-41\"", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_left_over_TXT_record_of_another_owner_blocks_the_name()
    {
        var orphan = Written(Wanted, owner: "pr-41").Where(set => set.Type == "TXT").ToList();

        Assert.Empty(Plan("sync").Changes([Wanted], orphan, _said.Add));
    }

    [Fact]
    public void Records_that_nobody_owns_are_never_touched()
    {
        var bare = new ResourceRecordSet { Name = "app.jetscale.ai.", Type = "A", TTL = 60, ResourceRecords = [new("192.0.2.1")] };

        Assert.Empty(Plan("sync").Changes([Wanted], [bare], _said.Add));
        Assert.Empty(Plan("sync").Changes([], [bare], _said.Add));
    }

    private static DnsPlan Plan(string policy, string owner = "pr-42") => new(new Ownership(owner, "", ""), policy);

    private static List<ResourceRecordSet> Written(WantedName wanted, string owner = "pr-42") =>
        [.. Plan("sync", owner).Changes([wanted], [], _ => { }).Select(change => change.ResourceRecordSet)];
}
