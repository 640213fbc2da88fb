using System.Globalization;
using System.Net;
using Mayfly.Aws;
using Mayfly.Aws.CertificateManager;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using ElbAction = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>Reads load balancers, listeners, rules, targets and certificates from Elastic Load Balancing and ACM.</summary>
internal sealed class BalancerReader(AwsSession session, AmazonElasticLoadBalancingV2Client balancing)
{
    private readonly AmazonCertificateManagerClient _acm = new(session);

    public async Task<BalancerTable> ReadAsync(CancellationToken ct)
    {
        var found = await balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), ct);
        var read = new Reading(balancing, _acm);
        var balancers = await Task.WhenAll(found.LoadBalancers
            .Where(balancer => balancer is { DNSName: not null, Type: "application", State: "active" or "active_impaired" or "provisioning" })
            .Select(balancer => read.BalancerAsync(balancer, ct)));
        return new BalancerTable([.. balancers.OfType<Balancer>()]);
    }

    /// <summary>One look at the account: what several listeners share is asked for once.</summary>
    private sealed class Reading(AmazonElasticLoadBalancingV2Client balancing, AmazonCertificateManagerClient acm)
    {
        private readonly Dictionary<string, Task<IReadOnlyList<BalancerTarget>>> _targets = [];
        private readonly Dictionary<string, Task<BalancerCertificate?>> _certificates = [];

        public async Task<Balancer?> BalancerAsync(LoadBalancer balancer, CancellationToken ct)
        {
            try
            {
                var listeners = await balancing.DescribeListenersAsync(new DescribeListenersRequest(balancer.LoadBalancerArn), ct);
                var attributes = await balancing.DescribeLoadBalancerAttributesAsync(
                    new DescribeLoadBalancerAttributesRequest(balancer.LoadBalancerArn), ct);
                var idle = attributes.Attributes.Find(attribute => attribute.Key == "idle_timeout.timeout_seconds")?.Value;
                return new Balancer(balancer.DNSName!, await Task.WhenAll(listeners.Listeners.Select(listener => ListenerAsync(listener, ct))))
                {
                    IdleTimeout = TimeSpan.FromSeconds(int.TryParse(idle, CultureInfo.InvariantCulture, out var seconds) ? seconds : 60),
                };
            }
            catch (AwsException gone) when (gone.IsNotFound)
            {
                return null;
            }
        }

        private async Task<BalancerListener> ListenerAsync(Listener listener, CancellationToken ct)
        {
            var rules = await balancing.DescribeRulesAsync(new DescribeRulesRequest(listener.ListenerArn), ct);
            var read = new List<BalancerRule>();
            foreach (var rule in rules.Rules.Where(rule => !rule.IsDefault))
            {
                read.Add(new BalancerRule(
                    int.TryParse(rule.Priority, CultureInfo.InvariantCulture, out var priority) ? priority : int.MaxValue,
                    ValuesOf(rule, "host-header"),
                    ValuesOf(rule, "path-pattern"),
                    await ActionAsync(rule.Actions, ct)));
            }

            var secure = listener.Protocol == "HTTPS";
            return new BalancerListener(
                listener.Port ?? 0,
                secure,
                secure ? await CertificatesAsync(listener, ct) : [],
                [.. read.OrderBy(rule => rule.Priority)],
                await ActionAsync(listener.DefaultActions, ct));
        }

        private async Task<IReadOnlyList<BalancerCertificate>> CertificatesAsync(Listener listener, CancellationToken ct)
        {
            var all = await balancing.DescribeListenerCertificatesAsync(new DescribeListenerCertificatesRequest(listener.ListenerArn), ct);
            var certificates = await Task.WhenAll(listener.CertificateArns.Concat(all.CertificateArns).Distinct().Select(arn => CertificateAsync(arn, ct)));
            return [.. certificates.OfType<BalancerCertificate>()];
        }

        private async Task<BalancerAction> ActionAsync(IReadOnlyList<ElbAction> actions, CancellationToken ct) => actions switch
        {
            [.., { Type: "redirect", RedirectConfig: { } redirect }] => new BalancerAction.Redirect(
                redirect.StatusCode == "HTTP_302" ? 302 : 301,
                redirect.Protocol ?? "#{protocol}",
                redirect.Port ?? "#{port}",
                redirect.Host ?? "#{host}",
                redirect.Path ?? "/#{path}",
                redirect.Query ?? "#{query}"),
            [.., { Type: "fixed-response", FixedResponseConfig: { } answer }] => new BalancerAction.Fixed(
                int.TryParse(answer.StatusCode, CultureInfo.InvariantCulture, out var status) ? status : 503, answer.ContentType, answer.MessageBody),
            [.., { Type: "forward", TargetGroupArn: { } group }] => new BalancerAction.Forward(await TargetsAsync(group, ct)),
            _ => new BalancerAction.Forward([]),
        };

        private Task<IReadOnlyList<BalancerTarget>> TargetsAsync(string group, CancellationToken ct)
        {
            lock (_targets)
            {
                return _targets.TryGetValue(group, out var known) ? known : _targets[group] = AskAsync();
            }

            async Task<IReadOnlyList<BalancerTarget>> AskAsync()
            {
                var health = await balancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest(group), ct);
                return
                [
                    .. health.TargetHealthDescriptions
                        .Where(target => target.State is not ("unused" or "draining") && IPAddress.TryParse(target.Target.Id, out _))
                        .Select(target => new BalancerTarget(IPAddress.Parse(target.Target.Id), target.Target.Port ?? 80, target.State == "healthy")),
                ];
            }
        }

        private Task<BalancerCertificate?> CertificateAsync(string arn, CancellationToken ct)
        {
            lock (_certificates)
            {
                return _certificates.TryGetValue(arn, out var known) ? known : _certificates[arn] = AskAsync();
            }

            async Task<BalancerCertificate?> AskAsync()
            {
                try
                {
                    var certificate = (await acm.DescribeCertificateAsync(new DescribeCertificateRequest(arn), ct)).Certificate;
                    var names = new[] { certificate.DomainName }.Concat(certificate.SubjectAlternativeNames ?? []).OfType<string>().Distinct();
                    return new BalancerCertificate(arn, [.. names]);
                }
                catch (AwsException gone) when (gone.IsNotFound)
                {
                    return null;
                }
            }
        }

        private static List<string> ValuesOf(Rule rule, string field) =>
            [.. rule.Conditions.Where(condition => condition.Field == field).SelectMany(condition => condition.Values)];
    }
}
