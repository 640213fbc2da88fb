using Mayfly.Aws;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Route53.Model;
using Mayfly.Engine.Clouds.Http;

namespace Mayfly.Engine.Explanation;

/// <summary>Looks at what lies between the visitor and the cluster: the zone and the load balancer.</summary>
internal sealed class EdgeLooks(AwsSession session, string host, string path)
{
    private const int MaxCertificates = 10;

    /// <summary>Names of what is looked at.</summary>
    public static readonly string[] Names = ["record", "load-balancer", "listeners", "certificates", "rules", "target-health"];

    /// <summary>What AWS said, by these names, as it said it.</summary>
    public Dictionary<string, object> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>The zone's record for the host.</summary>
    public async Task<Look<ResourceRecordSet>> RecordAsync(string zone, CancellationToken ct) => Note("record", await Look.AtAsync(async () =>
    {
        var route53 = session.CreateRoute53();
        var zones = await route53.ListHostedZonesByNameAsync(new ListHostedZonesByNameRequest(zone), ct);
        if (zones.HostedZones.FirstOrDefault(found => found.Name.TrimEnd('.') == zone && !found.PrivateZone) is not { } hosted)
        {
            return null;
        }

        // A wildcard's name sorts before every name it covers, so two short looks are enough for a zone of any size.
        var parent = host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (var start in new[] { host, $"*.{parent}" })
        {
            var page = await route53.ListResourceRecordSetsAsync(
                new ListResourceRecordSetsRequest(hosted.Id) { StartRecordName = start, MaxItems = 10 }, ct);
            if (page.ResourceRecordSets.FirstOrDefault(record => NameLinks.Covers(record, host)) is { } found)
            {
                return found;
            }
        }

        return null;
    }, ct));

    /// <summary>The links from the load balancer to its targets.</summary>
    public async Task<IReadOnlyList<Link>> LinksAsync(
        Look<string> address, ProbeAnswer answer, IReadOnlyList<string> told, DateTimeOffset now, CancellationToken ct)
    {
        var elb = session.CreateElasticLoadBalancingV2();
        var balancer = await ThenAsync<string, LoadBalancer>(address, name => BalancerAsync(elb, name, ct), ct);

        var listeners = await ThenAsync<LoadBalancer, List<Listener>>(balancer, async b => (await elb.DescribeListenersAsync(new DescribeListenersRequest(b.LoadBalancerArn), ct)).Listeners, ct);
        Look<Listener> listener = listeners is Look<List<Listener>>.Unknown(var why) ? new Look<Listener>.Unknown(why)
            : BalancerLinks.Pick(listeners.Value ?? []) is { } picked ? new Look<Listener>.Seen(picked) : new Look<Listener>.Absent();
        var certificates = await ThenAsync<Listener, List<CertificateDetail>>(listener, async l => await CertificatesAsync(l, ct), ct);
        var rules = await ThenAsync<Listener, List<Rule>>(listener, async l => (await elb.DescribeRulesAsync(new DescribeRulesRequest(l.ListenerArn), ct)).Rules, ct);
        var group = BalancerLinks.Pick(rules.Value ?? [], host, path)?.Actions.FirstOrDefault(action => action.Type == "forward")?.TargetGroupArn;
        Look<List<TargetHealthDescription>> targets = group is null ? new Look<List<TargetHealthDescription>>.Absent() : await Look.AtAsync(
            async () => (await elb.DescribeTargetHealthAsync(new DescribeTargetHealthRequest(group), ct)).TargetHealthDescriptions, ct);
        Note("load-balancer", balancer);
        Note("listeners", listeners);
        Note("certificates", certificates);
        Note("rules", rules);
        Note("target-health", targets);
        return
        [
            BalancerLinks.Balancer(address.Value, balancer, told),
            With(told, BalancerLinks.Listening(listeners, answer)),
            BalancerLinks.Certificate(host, certificates, answer, now),
            With(told, BalancerLinks.Routing(host, path, rules)),
            With(told, BalancerLinks.Targets(group is null ? null : NameOf(group), targets)),
        ];
    }

    // What the ingress's events and the controller's state say explains each link that the controller makes.
    private static Link With(IReadOnlyList<string> told, Link link) => link.State == LinkState.Broken ? link with { Evidence = [.. link.Evidence, .. told] } : link;

    private Look<T> Note<T>(string name, Look<T> look)
        where T : class
    {
        if (look.Value is { } value)
        {
            Seen[name] = value;
        }

        return look;
    }

    private static async Task<LoadBalancer?> BalancerAsync(AmazonElasticLoadBalancingV2Client elb, string address, CancellationToken ct)
    {
        string? marker = null;
        do
        {
            var page = await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Marker = marker }, ct);
            if (page.LoadBalancers.FirstOrDefault(b => b.DNSName is { } name && IsSame(name, address)) is { } found)
            {
                return found;
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
        return null;
    }

    private async Task<List<CertificateDetail>> CertificatesAsync(Listener listener, CancellationToken ct)
    {
        var all = await session.CreateElasticLoadBalancingV2().DescribeListenerCertificatesAsync(new DescribeListenerCertificatesRequest(listener.ListenerArn), ct);
        var acm = session.CreateCertificateManager();
        var details = new List<CertificateDetail>();
        foreach (var arn in listener.CertificateArns.Concat(all.CertificateArns).Where(arn => arn.Length > 0).Distinct().Take(MaxCertificates))
        {
            details.Add((await acm.DescribeCertificateAsync(new DescribeCertificateRequest(arn), ct)).Certificate);
        }

        return details;
    }

    // A thing behind one that could not be seen is as unknown as that one; behind one that is not there is nothing.
    private static async Task<Look<TNext>> ThenAsync<T, TNext>(Look<T> before, Func<T, Task<TNext?>> ask, CancellationToken ct)
        where T : class
        where TNext : class
    {
        return before switch
        {
            Look<T>.Seen(var value) => await Look.AtAsync(() => ask(value), ct),
            Look<T>.Unknown(var why) => new Look<TNext>.Unknown(why),
            _ => new Look<TNext>.Absent(),
        };
    }

    // Aliases of load balancers carry "dualstack." before the name.
    internal static bool IsSame(string name, string address)
    {
        const string DualStack = "dualstack.";
        var bare = address.StartsWith(DualStack, StringComparison.OrdinalIgnoreCase) ? address[DualStack.Length..] : address;
        return name.Equals(bare, StringComparison.OrdinalIgnoreCase);
    }

    // arn:…:targetgroup/NAME/ID
    private static string NameOf(string arn) => arn.Split('/') is [_, var name, ..] ? name : arn;
}
