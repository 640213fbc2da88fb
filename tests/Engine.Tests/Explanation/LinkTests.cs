using System.Net;
using k8s.Models;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine.Clouds.Http;
using Mayfly.Engine.Explanation;
using Mayfly.Engine.Failures;
using Xunit;

namespace Mayfly.Engine.Tests.Explanation;

public sealed class LinkTests
{
    private const string Host = "pr-1-a.example.org";
    private static readonly ProbeAnswer Unresolved = ProbeAnswer.Broken(ProbeStep.Dns, "no address", []);
    private static readonly ProbeAnswer Good = new(ProbeStep.Answered, "HTTP 200 OK", [IPAddress.Loopback], 200, new Dictionary<string, string>(), "");

    [Fact]
    public void A_name_that_does_not_resolve_is_broken_only_when_the_zone_could_be_asked()
    {
        Assert.Equal(LinkState.Fine, NameLinks.Name(Host, Good, new Look<ResourceRecordSet>.Unknown("denied")).State);
        Assert.Equal(LinkState.Broken, NameLinks.Name(Host, Unresolved, new Look<ResourceRecordSet>.Absent()).State);
        Assert.Equal(LinkState.Broken, NameLinks.Name(Host, Unresolved, Seen(Record("A", Host))).State);
        Assert.Equal(LinkState.Unknown, NameLinks.Name(Host, Unresolved, new Look<ResourceRecordSet>.Unknown("denied")).State);
    }

    [Theory]
    [InlineData("A", "pr-1-a.example.org.", true)]
    [InlineData("CNAME", "PR-1-A.example.org.", true)]
    [InlineData("A", "\\052.example.org.", true)]
    [InlineData("AAAA", "pr-1-a.example.org.", false)]
    [InlineData("TXT", "pr-1-a.example.org.", false)]
    [InlineData("A", "pr-1-ab.example.org.", false)]
    [InlineData("A", "\\052.other.org.", false)]
    public void A_record_covers_its_name_and_a_wildcard_those_below_it(string type, string name, bool covers) =>
        Assert.Equal(covers, NameLinks.Covers(Record(type, name), Host));

    [Fact]
    public void A_page_is_unknown_when_its_name_is_and_broken_when_the_gate_refuses_it()
    {
        var failure = Failure.Of("verify-status", "unknown", Disposition.NeedsHuman, "answers 503", "Look.", "Run mayfly explain: it walks.");
        Assert.Equal(LinkState.Fine, NameLinks.Page(Good, null, Link.Fine("name", "")).State);
        Assert.Equal(LinkState.Unknown, NameLinks.Page(Unresolved, failure, Link.Unknown("name", "")).State);
        var broken = NameLinks.Page(Good, failure, Link.Fine("name", ""));
        Assert.Equal(LinkState.Broken, broken.State);
        Assert.Equal(["Look."], broken.Next);
    }

    [Theory]
    [InlineData("ISSUED", "*.example.org", 1, LinkState.Fine)]
    [InlineData("ISSUED", "pr-1-a.example.org", 1, LinkState.Fine)]
    [InlineData("ISSUED", "*.org", 1, LinkState.Broken)]
    [InlineData("PENDING_VALIDATION", "*.example.org", 1, LinkState.Broken)]
    [InlineData("ISSUED", "*.example.org", -1, LinkState.Broken)]
    public void A_certificate_must_be_issued_cover_the_host_and_not_be_over(string status, string domain, int days, LinkState expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var certificate = new CertificateDetail { DomainName = domain, Status = status, NotAfter = now.UtcDateTime.AddDays(days) };
        Assert.Equal(expected, BalancerLinks.Certificate(Host, Seen(new List<CertificateDetail> { certificate }), Good, now).State);
    }

    [Fact]
    public void A_visitor_who_is_shown_a_bad_certificate_breaks_the_link_whatever_AWS_says()
    {
        var tls = ProbeAnswer.Broken(ProbeStep.Tls, "is for another host", [IPAddress.Loopback]);
        Assert.Equal(LinkState.Broken, BalancerLinks.Certificate(Host, new Look<List<CertificateDetail>>.Unknown("denied"), tls, default).State);
    }

    [Fact]
    public void A_certificate_of_a_listener_that_is_not_there_is_nobodys_fault()
    {
        var cut = ProbeAnswer.Broken(ProbeStep.Tls, "the connection was cut", [IPAddress.Loopback]);
        Assert.Equal(LinkState.Unknown, BalancerLinks.Certificate(Host, new Look<List<CertificateDetail>>.Absent(), cut, default).State);
    }

    [Fact]
    public void A_record_that_points_elsewhere_than_the_ingress_is_broken_and_its_writer_is_named()
    {
        var record = Seen(new ResourceRecordSet { Name = Host, Type = "A", AliasTarget = new AliasTarget("Z1", "dualstack.lb-1.elb.amazonaws.com.", false), ResourceRecords = [] });
        Assert.Equal(LinkState.Fine, NameLinks.Record(Host, "example.org", record, "lb-1.elb.amazonaws.com", []).State);
        Assert.Equal(LinkState.Fine, NameLinks.Record(Host, "example.org", record, null, []).State);
        var stale = NameLinks.Record(Host, "example.org", record, "lb-2.elb.amazonaws.com", ["deployment dns/external-dns is scaled to 0"]);
        Assert.Equal(LinkState.Broken, stale.State);
        Assert.Equal(["deployment dns/external-dns is scaled to 0"], stale.Evidence);
    }

    [Fact]
    public void A_controller_is_in_trouble_when_it_is_missing_stopped_or_not_ready()
    {
        Assert.Equal([], Controllers.Troubles(null, Controllers.Dns));
        Assert.Contains("no deployment of external-dns", Assert.Single(Controllers.Troubles([Deployment("web", 1, 1)], Controllers.Dns)), StringComparison.Ordinal);
        Assert.Contains("scaled to 0", Assert.Single(Controllers.Troubles([Deployment("external-dns", 0, 0)], Controllers.Dns)), StringComparison.Ordinal);
        Assert.Contains("no ready pod", Assert.Single(Controllers.Troubles([Deployment("external-dns", 1, 0)], Controllers.Dns)), StringComparison.Ordinal);
        Assert.Equal([], Controllers.Troubles([Deployment("external-dns", 1, 1)], Controllers.Dns));

        static V1Deployment Deployment(string name, int wanted, int ready) => new()
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "dns" },
            Spec = new V1DeploymentSpec { Replicas = wanted, Selector = new V1LabelSelector(), Template = new V1PodTemplateSpec() },
            Status = new V1DeploymentStatus { ReadyReplicas = ready },
        };
    }

    [Fact]
    public void The_rule_of_the_lowest_priority_that_matches_host_and_path_takes_the_request()
    {
        Rule[] rules = [Rule("default"), Rule("10", ("host-header", Host), ("path-pattern", "/*")), Rule("2", ("host-header", Host), ("path-pattern", "/api/*")), Rule("1", ("host-header", "*.else.org"))];
        Assert.Equal("10", BalancerLinks.Pick(rules, Host, "/")!.Priority);
        Assert.Equal("2", BalancerLinks.Pick(rules, Host, "/api/x")!.Priority);
        Assert.Equal("default", BalancerLinks.Pick(rules, "who.example.org", "/")!.Priority);
    }

    [Theory]
    [InlineData("", LinkState.Broken)]
    [InlineData("unhealthy", LinkState.Broken)]
    [InlineData("initial draining", LinkState.Broken)]
    [InlineData("unhealthy healthy", LinkState.Fine)]
    public void One_healthy_target_is_enough(string states, LinkState expected)
    {
        var targets = states.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(state => new TargetHealthDescription(new TargetDescription("10.0.0.1", 80), state, null, null)).ToList();
        Assert.Equal(expected, BalancerLinks.Targets("group", Seen(targets)).State);
    }

    [Fact]
    public void Nothing_that_could_not_be_looked_at_is_called_broken()
    {
        Assert.Equal(LinkState.Unknown, BalancerLinks.Balancer("lb", new Look<LoadBalancer>.Unknown("throttled"), []).State);
        Assert.Equal(LinkState.Unknown, BalancerLinks.Listening(new Look<List<Listener>>.Unknown("throttled"), Good).State);
        Assert.Equal(LinkState.Unknown, BalancerLinks.Routing(Host, "/", new Look<List<Rule>>.Unknown("throttled")).State);
        Assert.Equal(LinkState.Unknown, BalancerLinks.Targets("group", new Look<List<TargetHealthDescription>>.Unknown("throttled")).State);
        Assert.Equal(LinkState.Unknown, SecretLinks.Vault("id", new Look<DescribeSecretResponse>.Unknown("throttled")).State);
        Assert.Equal(LinkState.Unknown, SecretLinks.Kubernetes("s", ["A"], new Look<string[]>.Unknown("no answer")).State);
        Assert.Equal(LinkState.Unknown, SecretLinks.Eso("eso", new Look<List<V1Deployment>>.Unknown("no answer")).State);
    }

    [Fact]
    public void A_secret_without_a_current_value_or_on_its_way_out_is_broken()
    {
        var stages = new Dictionary<string, List<string>> { ["v"] = ["AWSCURRENT"] };
        Assert.Equal(LinkState.Fine, SecretLinks.Vault("id", Seen(new DescribeSecretResponse { VersionIdsToStages = stages })).State);
        Assert.Equal(LinkState.Broken, SecretLinks.Vault("id", Seen(new DescribeSecretResponse())).State);
        Assert.Equal(LinkState.Broken, SecretLinks.Vault("id", Seen(new DescribeSecretResponse { VersionIdsToStages = stages, DeletedDate = DateTime.UnixEpoch })).State);
        Assert.Equal(LinkState.Broken, SecretLinks.Vault("id", new Look<DescribeSecretResponse>.Absent()).State);
        Assert.Equal(LinkState.Broken, SecretLinks.Kubernetes("s", ["A", "B"], Seen<string[]>(["A"])).State);
        Assert.Equal(LinkState.Fine, SecretLinks.Kubernetes("s", ["dockerconfigjson"], Seen<string[]>([".dockerconfigjson"])).State);
    }

    private static Look<T> Seen<T>(T value)
        where T : class => new Look<T>.Seen(value);

    private static ResourceRecordSet Record(string type, string name) => new() { Type = type, Name = name };

    private static Rule Rule(string priority, params (string Field, string Value)[] conditions) => new()
    {
        RuleArn = priority,
        Priority = priority,
        IsDefault = priority == "default",
        Conditions = [.. conditions.Select(condition => new RuleCondition(condition.Field, [condition.Value]))],
    };
}
