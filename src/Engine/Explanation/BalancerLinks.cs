using System.Text.RegularExpressions;
using Mayfly.Aws.CertificateManager.Model;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Engine.Clouds.Http;

namespace Mayfly.Engine.Explanation;

/// <summary>Judges the load balancer and what hangs on it. Pure.</summary>
public static class BalancerLinks
{
    private const string BalancerName = "balancer", ListenerName = "listener", CertificateName = "certificate", RuleName = "rule", TargetsName = "targets";

    private const string Controller = "Read the log of the load balancer controller and the ingress's events (kubectl describe ingress).";

    /// <summary>Whether the load balancer is there and active.</summary>
    public static Link Balancer(string? address, Look<LoadBalancer> look, IEnumerable<string> ingressEvents) =>
        address is null && look is not Look<LoadBalancer>.Unknown ? Link.Broken(BalancerName, "neither the record nor the ingress names a load balancer", ingressEvents, Controller)
        : look.Missing(BalancerName, () => Link.Broken(BalancerName, $"there is no load balancer {address}", ingressEvents, Controller))
            ?? (look.Value!.State is null or "active" or "active_impaired"
                ? Link.Fine(BalancerName, $"{look.Value.LoadBalancerName} is {look.Value.State ?? "there"}")
                : Link.Broken(BalancerName, $"{look.Value.LoadBalancerName} is {look.Value.State}", ingressEvents,
                    look.Value.State == "provisioning" ? "Wait: AWS takes a few minutes to make it." : Controller));

    /// <summary>The listener of a port; null when there is none.</summary>
    public static Listener? Pick(IEnumerable<Listener> listeners) => listeners.FirstOrDefault(listener => listener.Protocol is "HTTPS" or "TLS");

    /// <summary>Whether somebody listens for HTTPS, and takes connections.</summary>
    public static Link Listening(Look<List<Listener>> look, ProbeAnswer answer)
    {
        if (look.Missing(ListenerName, () => Link.Unknown(ListenerName, "there is no load balancer to look at")) is { } missing)
        {
            return missing;
        }

        return Pick(look.Value!) is not { } listener
            ? Link.Broken(ListenerName, "the load balancer has no HTTPS listener",
                look.Value!.Select(other => $"listener {other.Protocol}:{other.Port}"), "Check the ingress's listen-ports and that a certificate covers the host.")
            : answer.Step == ProbeStep.Connect
                ? Link.Broken(ListenerName, $"{listener.Protocol}:{listener.Port} is there, but takes no connection", [answer.Detail],
                    "Check the load balancer's security groups and subnets.")
                : Link.Fine(ListenerName, $"{listener.Protocol}:{listener.Port}");
    }

    /// <summary>Whether the certificate is issued, covers the host, and is one that a visitor accepts.</summary>
    public static Link Certificate(string host, Look<List<CertificateDetail>> look, ProbeAnswer answer, DateTimeOffset now)
    {
        if (look is Look<List<CertificateDetail>>.Absent)
        {
            return Link.Unknown(CertificateName, "there is no listener to look at");
        }

        if (answer.Step == ProbeStep.Tls)
        {
            return Link.Broken(CertificateName, answer.Detail, (look.Value ?? []).Select(Describe),
                "Issue a certificate that covers the host and have the listener show it.");
        }

        if (look is Look<List<CertificateDetail>>.Unknown(var why))
        {
            return Link.Unknown(CertificateName, why);
        }

        var covering = look.Value!.Where(certificate => Covers(certificate, host)).ToList();
        var good = covering.FirstOrDefault(certificate => certificate.Status == "ISSUED" && !(certificate.NotAfter < now.UtcDateTime));
        return good is not null ? Link.Fine(CertificateName, $"{good.DomainName} is issued")
            : covering.Count > 0 ? Link.Broken(CertificateName, $"the certificate for {host} is {covering[0].Status}", covering.Select(Describe),
                "Check the certificate's validation records in the zone.")
            : Link.Broken(CertificateName, $"no certificate of the listener covers {host}", look.Value!.Select(Describe),
                "Issue a certificate that covers the host.");
    }

    /// <summary>Whether a certificate covers a host; a wildcard stands for one label.</summary>
    public static bool Covers(CertificateDetail certificate, string host) =>
        new[] { certificate.DomainName }.Concat(certificate.SubjectAlternativeNames ?? []).OfType<string>().Any(name =>
            name.Equals(host, StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
                && host[dot..].Equals(name[1..], StringComparison.OrdinalIgnoreCase)));

    /// <summary>The rule that takes a request; rules are tried in the order of their priority, the default one last.</summary>
    public static Rule? Pick(IEnumerable<Rule> rules, string host, string path) => rules
        .OrderBy(rule => int.TryParse(rule.Priority, out var priority) ? priority : int.MaxValue)
        .FirstOrDefault(rule => rule.Conditions.All(condition => condition.Field switch
        {
            "host-header" => condition.Values.Any(pattern => Matches(pattern, host, RegexOptions.IgnoreCase)),
            "path-pattern" => condition.Values.Any(pattern => Matches(pattern, path, RegexOptions.None)),
            _ => true,
        }));

    /// <summary>Whether a rule sends the page's requests to a target group.</summary>
    public static Link Routing(string host, string path, Look<List<Rule>> look)
    {
        if (look.Missing(RuleName, () => Link.Unknown(RuleName, "there is no listener to look at")) is { } missing)
        {
            return missing;
        }

        var rule = Pick(look.Value!, host, path);
        return rule?.Actions.Any(action => action.Type == "forward") is true
            ? Link.Fine(RuleName, $"rule {rule.Priority} forwards {host}{path}")
            : Link.Broken(RuleName, rule is null || rule.IsDefault ? $"no rule takes {host}{path}" : $"rule {rule.Priority} takes {host}{path} and forwards nowhere",
                look.Value!.Select(Describe), "Check that the ingress has this host and path.", Controller);
    }

    /// <summary>Whether the target group has a target that answers its health check.</summary>
    public static Link Targets(string? group, Look<List<TargetHealthDescription>> look)
    {
        if (group is null)
        {
            return Link.Unknown(TargetsName, "there is no rule that leads to targets");
        }

        if (look.Missing(TargetsName, () => Link.Broken(TargetsName, $"there is no target group {group}", [], Controller)) is { } missing)
        {
            return missing;
        }

        var targets = look.Value!;
        var healthy = targets.Count(target => target.State == "healthy");
        return healthy > 0 ? Link.Fine(TargetsName, $"{healthy} of {targets.Count} targets of {group} are healthy")
            : Link.Broken(TargetsName, targets.Count == 0 ? $"{group} has no targets" : $"no target of {group} is healthy", targets.Select(Describe),
                targets.Count == 0 ? "See the links 'endpoints' and 'pods': a target is made of each ready pod." : "Check the health check's path and the pods' security group.");
    }

    private static bool Matches(string pattern, string text, RegexOptions options) => Regex.IsMatch(
        text, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        options | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static string Describe(CertificateDetail certificate) =>
        $"certificate {certificate.DomainName}: {certificate.Status}" + (certificate.NotAfter is { } end ? $", until {end:yyyy-MM-dd}" : "");

    private static string Describe(Rule rule) =>
        $"rule {rule.Priority}: {string.Join(" and ", rule.Conditions.Select(c => $"{c.Field} {string.Join("|", c.Values)}"))}";

    private static string Describe(TargetHealthDescription target) =>
        $"target {target.Target.Id}:{target.Target.Port} is {target.State}: {target.Reason} {target.Description}".TrimEnd(' ', ':');
}
