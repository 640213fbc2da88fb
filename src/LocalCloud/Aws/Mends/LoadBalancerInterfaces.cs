using System.Collections.Concurrent;
using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// A load balancer has an interface in each of its subnets, and they outlive it a little. moto's have none, so that a VPC would go
/// while its load balancers stand. Two load balancers of one name cannot be, either.
/// </summary>
public sealed class LoadBalancerInterfaces(AwsSession moto, TimeProvider clock, TimeSpan linger) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();
    private readonly ConcurrentDictionary<string, List<string>> _interfaces = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public bool Concerns(AwsCall call) =>
        call.Service == "elasticloadbalancing" && call.Action is "CreateLoadBalancer" or "DeleteLoadBalancer" && call.Parameter("Version") == "2015-12-01";

    /// <inheritdoc />
    public Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct) =>
        call.Action == "CreateLoadBalancer" ? CreateAsync(call, next, ct) : DeleteAsync(call, next, ct);

    private async Task<AwsReply> CreateAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var existing = await AwsObservation.LookAsync(() => moto.CreateElasticLoadBalancingV2()
            .DescribeLoadBalancersAsync(new() { Names = [call.Parameter("Name") ?? ""] }, ct));
        if (existing is AwsObservation<Mayfly.Aws.ElasticLoadBalancingV2.Model.DescribeLoadBalancersResponse>.Present { Value.LoadBalancers.Count: > 0 })
        {
            return AwsErrorReply.Make(call, 400, "DuplicateLoadBalancerName",
                $"A load balancer with the same name '{call.Parameter("Name")}' exists, but with different settings");
        }

        var reply = await next(call);
        if (!reply.IsSuccess)
        {
            return reply;
        }

        var balancer = AwsXml.Parse(reply.Body).Descendants("LoadBalancerArn").First().Value;
        var name = balancer[(balancer.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..];
        List<string> made = [];
        foreach (var subnet in call.List("Subnets.member"))
        {
            var answer = await _ec2.CreateNetworkInterfaceAsync(new CreateNetworkInterfaceRequest
            {
                SubnetId = subnet,
                Groups = [.. call.List("SecurityGroups.member")],
                Description = $"ELB {name}",
            }, ct);
            made.Add(answer.NetworkInterface.NetworkInterfaceId);
        }

        _interfaces[balancer] = made;
        return reply;
    }

    private async Task<AwsReply> DeleteAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var reply = await next(call);
        if (reply.IsSuccess && _interfaces.TryRemove(call.Parameter("LoadBalancerArn") ?? "", out var interfaces))
        {
            _ = RemoveAsync(interfaces);
        }

        return reply;
    }

    private async Task RemoveAsync(List<string> interfaces)
    {
        await Task.Delay(linger, clock);
        foreach (var id in interfaces)
        {
            try
            {
                await _ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = id });
            }
            catch (Exception exception) when (exception is ObjectDisposedException || AwsException.From(exception) is not null)
            {
                // Deleted by hand, or the local cloud is at its end.
            }
        }
    }

    public void Dispose() => _ec2.Dispose();
}
