using System.Globalization;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using ElbAction = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Makes the listeners and rules of a load balancer those of the model.</summary>
internal sealed class ListenerDeployer(AmazonElasticLoadBalancingV2Client balancing, Stack stack)
{
    /// <summary>Makes them so.</summary>
    /// <returns>Whether anything had to be changed.</returns>
    public async Task<bool> DeployAsync(
        LoadBalancerModel model, string balancerArn, IReadOnlyDictionary<string, string> groupArns, CancellationToken ct)
    {
        var changed = false;
        var existing = (await balancing.DescribeListenersAsync(new DescribeListenersRequest(balancerArn), ct)).Listeners;
        foreach (var stale in existing.Where(listener => !model.Listeners.Any(wanted => wanted.Port == listener.Port && wanted.Protocol == listener.Protocol)))
        {
            await balancing.DeleteListenerAsync(new DeleteListenerRequest(stale.ListenerArn), ct);
            changed = true;
        }

        foreach (var wanted in model.Listeners)
        {
            var fallback = ToAws(wanted.Default, groupArns);
            var listener = existing.Find(candidate => candidate.Port == wanted.Port && candidate.Protocol == wanted.Protocol);
            if (listener is null)
            {
                listener = (await balancing.CreateListenerAsync(
                    new CreateListenerRequest
                    {
                        LoadBalancerArn = balancerArn,
                        Port = wanted.Port,
                        Protocol = wanted.Protocol,
                        SslPolicy = wanted.Protocol == "HTTPS" ? "ELBSecurityPolicy-2016-08" : null,
                        CertificateArns = wanted.Certificates.Count > 0 ? [wanted.Certificates[0]] : null,
                        DefaultActions = [fallback],
                        Tags = stack.ElbTags(model.Group, $"{wanted.Port}", model.Tags),
                    },
                    ct)).Listeners[0];
                changed = true;
            }
            else if (!Same(listener.DefaultActions, fallback) || (wanted.Certificates.Count > 0 && !listener.CertificateArns.Contains(wanted.Certificates[0])))
            {
                await balancing.ModifyListenerAsync(
                    new ModifyListenerRequest(listener.ListenerArn)
                    {
                        DefaultActions = [fallback],
                        CertificateArns = wanted.Certificates.Count > 0 ? [wanted.Certificates[0]] : null,
                    },
                    ct);
                changed = true;
            }

            changed |= await DeployCertificatesAsync(listener.ListenerArn, wanted, ct);
            changed |= await DeployRulesAsync(model, listener.ListenerArn, wanted, groupArns, ct);
        }

        return changed;
    }

    private async Task<bool> DeployCertificatesAsync(string listenerArn, ListenerModel wanted, CancellationToken ct)
    {
        if (wanted.Certificates.Count == 0)
        {
            return false;
        }

        var shown = (await balancing.DescribeListenerCertificatesAsync(new DescribeListenerCertificatesRequest(listenerArn), ct)).CertificateArns;
        var missing = wanted.Certificates.Except(shown).ToList();
        var stale = shown.Except(wanted.Certificates).ToList();
        if (missing.Count > 0)
        {
            await balancing.AddListenerCertificatesAsync(new AddListenerCertificatesRequest(listenerArn, missing), ct);
        }

        if (stale.Count > 0)
        {
            await balancing.RemoveListenerCertificatesAsync(new RemoveListenerCertificatesRequest(listenerArn, stale), ct);
        }

        return missing.Count + stale.Count > 0;
    }

    private async Task<bool> DeployRulesAsync(
        LoadBalancerModel model, string listenerArn, ListenerModel wanted, IReadOnlyDictionary<string, string> groupArns, CancellationToken ct)
    {
        var changed = false;
        var existing = (await balancing.DescribeRulesAsync(new DescribeRulesRequest(listenerArn), ct)).Rules
            .Where(rule => !rule.IsDefault)
            .ToDictionary(rule => int.Parse(rule.Priority ?? "0", CultureInfo.InvariantCulture));
        foreach (var (index, rule) in wanted.Rules.Index())
        {
            var priority = index + 1;
            var conditions = Conditions(rule);
            var action = ToAws(rule.Action, groupArns);
            if (existing.Remove(priority, out var there))
            {
                if (Same(there.Actions, action) && Same(there.Conditions, conditions))
                {
                    continue;
                }

                await balancing.DeleteRuleAsync(new DeleteRuleRequest(there.RuleArn), ct);
            }

            await balancing.CreateRuleAsync(
                new CreateRuleRequest
                {
                    ListenerArn = listenerArn,
                    Priority = priority,
                    Conditions = conditions,
                    Actions = [action],
                    Tags = stack.ElbTags(model.Group, $"{wanted.Port}:{priority}", model.Tags),
                },
                ct);
            changed = true;
        }

        foreach (var stale in existing.Values)
        {
            await balancing.DeleteRuleAsync(new DeleteRuleRequest(stale.RuleArn), ct);
            changed = true;
        }

        return changed;
    }

    private static List<RuleCondition> Conditions(RuleModel rule)
    {
        var conditions = new List<RuleCondition>();
        if (rule.Host is { } host)
        {
            conditions.Add(new RuleCondition("host-header", [host]));
        }

        conditions.Add(new RuleCondition("path-pattern", [.. rule.Paths]));
        return conditions;
    }

    private static ElbAction ToAws(ActionModel action, IReadOnlyDictionary<string, string> groupArns) =>
        action.Own ?? new ElbAction { Type = "forward", TargetGroupArn = groupArns[action.TargetGroup!] };

    private static bool Same(List<ElbAction> there, ElbAction wanted) =>
        there is [var action]
        && action.Type == wanted.Type
        && action.TargetGroupArn == wanted.TargetGroupArn
        && action.FixedResponseConfig?.StatusCode == wanted.FixedResponseConfig?.StatusCode
        && (action.FixedResponseConfig?.MessageBody ?? "") == (wanted.FixedResponseConfig?.MessageBody ?? "")
        && action.RedirectConfig?.StatusCode == wanted.RedirectConfig?.StatusCode
        && action.RedirectConfig?.Port == wanted.RedirectConfig?.Port;

    private static bool Same(List<RuleCondition> there, List<RuleCondition> wanted) =>
        there.Count == wanted.Count
        && wanted.TrueForAll(condition => there.Exists(other => other.Field == condition.Field && other.Values.SequenceEqual(condition.Values)));
}
