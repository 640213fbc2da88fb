using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Filter = Amazon.EC2.Model.Filter;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>What a deployment came to.</summary>
/// <param name="Hostname">The load balancer's DNS name.</param>
/// <param name="TargetGroups">The ARNs of the target groups by name.</param>
/// <param name="Changed">Whether anything had to be changed.</param>
internal sealed record Deployment(string Hostname, IReadOnlyDictionary<string, string> TargetGroups, bool Changed);

/// <summary>Makes AWS agree with a model, and takes away what a group has no more.</summary>
internal sealed class Deployer(AwsSession session, string cluster, Discovery discovery)
{
    private const string BackendResource = "backend-sg";
    private const string BackendTag = "elbv2.k8s.aws/resource";
    private readonly AmazonElasticLoadBalancingV2Client _balancing = new(session);

    private Stack Stack => new(session, _balancing, cluster);

    /// <summary>Makes AWS agree with a model, but for target groups that it has no more: their bindings have to go first.</summary>
    public async Task<Deployment> DeployAsync(LoadBalancerModel model, CancellationToken ct)
    {
        var stack = Stack;
        var (groups, changed) = await DeployTargetGroupsAsync(stack, model, ct);
        var (securityGroups, newSecurity) = await DeploySecurityGroupsAsync(stack, model, ct);
        changed |= newSecurity;

        var balancers = await stack.LoadBalancersAsync(model.Group, ct);
        foreach (var former in balancers.Where(balancer => balancer.LoadBalancerName != model.Name))
        {
            await DeleteAsync(former, ct);
            changed = true;
        }

        var balancer = balancers.Find(candidate => candidate.LoadBalancerName == model.Name);
        if (balancer is null)
        {
            balancer = (await _balancing.CreateLoadBalancerAsync(
                new CreateLoadBalancerRequest
                {
                    Name = model.Name,
                    Scheme = model.Scheme,
                    Type = "application",
                    IpAddressType = "ipv4",
                    Subnets = [.. model.Subnets],
                    SecurityGroups = securityGroups,
                    Tags = stack.ElbTags(model.Group, "LoadBalancer", model.Tags),
                },
                ct)).LoadBalancers[0];
            changed = true;
        }

        if (model.Attributes.Count > 0 && changed)
        {
            await _balancing.ModifyLoadBalancerAttributesAsync(
                new ModifyLoadBalancerAttributesRequest(
                    balancer.LoadBalancerArn, [.. model.Attributes.Select(attribute => new LoadBalancerAttribute(attribute.Key, attribute.Value))]),
                ct);
        }

        changed |= await new ListenerDeployer(_balancing, stack).DeployAsync(model, balancer.LoadBalancerArn, groups, ct);
        return new Deployment(balancer.DNSName!, groups, changed);
    }

    /// <summary>Deletes the target groups that a group has no more.</summary>
    public async Task DeleteTargetGroupsAsync(GroupId group, IEnumerable<string> kept, CancellationToken ct)
    {
        foreach (var stale in (await Stack.TargetGroupsAsync(group, ct)).ExceptBy(kept, target => target.TargetGroupName))
        {
            await _balancing.DeleteTargetGroupAsync(new DeleteTargetGroupRequest(stale.TargetGroupArn), ct);
        }
    }

    /// <summary>Deletes the load balancer of a group, so that its target groups are in use no more.</summary>
    public async Task DeleteBalancersAsync(GroupId group, CancellationToken ct)
    {
        foreach (var balancer in await Stack.LoadBalancersAsync(group, ct))
        {
            await DeleteAsync(balancer, ct);
        }
    }

    /// <summary>Deletes the security groups of a group.</summary>
    /// <returns>Whether they are gone; they stay as long as the load balancer's network interfaces do.</returns>
    public async Task<bool> DeleteSecurityGroupsAsync(GroupId group, CancellationToken ct)
    {
        var stack = Stack;
        var gone = true;
        foreach (var security in await stack.SecurityGroupsAsync(group, ct))
        {
            gone &= await stack.DeleteSecurityGroupAsync(security.GroupId, ct);
        }

        return gone;
    }

    /// <summary>Deletes the security group that all groups share, once there is none left.</summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> DeleteBackendSecurityGroupAsync(CancellationToken ct) =>
        await FindBackendSecurityGroupAsync(ct) is not { } id || await Stack.DeleteSecurityGroupAsync(id, ct);

    private async Task DeleteAsync(LoadBalancer balancer, CancellationToken ct)
    {
        // AWS deletes the listeners with it; moto does too, but a rule that lives on would keep its target group in use.
        foreach (var listener in (await _balancing.DescribeListenersAsync(new DescribeListenersRequest(balancer.LoadBalancerArn), ct)).Listeners)
        {
            await _balancing.DeleteListenerAsync(new DeleteListenerRequest(listener.ListenerArn), ct);
        }

        await _balancing.DeleteLoadBalancerAsync(new DeleteLoadBalancerRequest(balancer.LoadBalancerArn), ct);
    }

    private async Task<(Dictionary<string, string> Arns, bool Changed)> DeployTargetGroupsAsync(Stack stack, LoadBalancerModel model, CancellationToken ct)
    {
        var changed = false;
        var existing = (await stack.TargetGroupsAsync(model.Group, ct)).ToDictionary(group => group.TargetGroupName);
        var arns = new Dictionary<string, string>();
        foreach (var wanted in model.TargetGroups.Values)
        {
            if (existing.TryGetValue(wanted.Name, out var there))
            {
                arns[wanted.Name] = there.TargetGroupArn;
                if (there.HealthCheckPath != wanted.HealthCheckPath)
                {
                    await _balancing.ModifyTargetGroupAsync(
                        new ModifyTargetGroupRequest(there.TargetGroupArn) { HealthCheckPath = wanted.HealthCheckPath, Matcher = wanted.SuccessCodes }, ct);
                    changed = true;
                }

                continue;
            }

            arns[wanted.Name] = (await _balancing.CreateTargetGroupAsync(
                new CreateTargetGroupRequest
                {
                    Name = wanted.Name,
                    Protocol = "HTTP",
                    Port = wanted.TargetPort,
                    VpcId = discovery.Vpc,
                    TargetType = "ip",
                    HealthCheckProtocol = "HTTP",
                    HealthCheckPort = "traffic-port",
                    HealthCheckPath = wanted.HealthCheckPath,
                    Matcher = wanted.SuccessCodes,
                    Tags = stack.ElbTags(model.Group, wanted.ResourceId, model.Tags),
                },
                ct)).TargetGroups[0].TargetGroupArn;
            changed = true;
        }

        return (arns, changed);
    }

    private async Task<(List<string> Ids, bool Changed)> DeploySecurityGroupsAsync(Stack stack, LoadBalancerModel model, CancellationToken ct)
    {
        if (model.SecurityGroups is { } named)
        {
            return ([.. named], false);
        }

        var changed = false;
        var own = (await stack.SecurityGroupsAsync(model.Group, ct)).Select(group => group.GroupId).FirstOrDefault();
        if (own is null)
        {
            own = await stack.CreateSecurityGroupAsync(
                Names.SecurityGroup(cluster, model.Group),
                "[k8s] Managed SecurityGroup for LoadBalancer",
                discovery.Vpc,
                stack.Tags(model.Group, "ManagedLBSecurityGroup"),
                model.Listeners.SelectMany(listener => model.InboundCidrs.Select(cidr => (listener.Port, cidr))),
                ct);
            changed = true;
        }

        var backend = await FindBackendSecurityGroupAsync(ct);
        if (backend is null)
        {
            backend = await stack.CreateSecurityGroupAsync(
                Names.BackendSecurityGroup(cluster),
                "[k8s] Shared Backend SecurityGroup for LoadBalancer",
                discovery.Vpc,
                new Dictionary<string, string> { [Stack.ClusterTag] = cluster, [BackendTag] = BackendResource },
                [],
                ct);
            changed = true;
        }

        return ([own, backend], changed);
    }

    private async Task<string?> FindBackendSecurityGroupAsync(CancellationToken ct)
    {
        using var ec2 = session.CreateEc2();
        var answer = await ec2.DescribeSecurityGroupsAsync(
            new DescribeSecurityGroupsRequest
            {
                Filters = [new Filter($"tag:{Stack.ClusterTag}", [cluster]), new Filter($"tag:{BackendTag}", [BackendResource])],
            },
            ct);
        return answer.SecurityGroups is [var found, ..] ? found.GroupId : null;
    }
}
