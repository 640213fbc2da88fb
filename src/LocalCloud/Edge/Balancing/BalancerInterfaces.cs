using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;

namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>
/// The network interfaces of load balancers. AWS makes one in each subnet, and takes them away a while after the load balancer is gone;
/// until then they hold its security groups and the VPC.
/// </summary>
internal sealed class BalancerInterfaces : IAsyncDisposable
{
    private const string Prefix = "ELB ";
    private readonly CancellationTokenSource _stopping = new();
    private readonly AwsSession _session;
    private readonly AmazonElasticLoadBalancingV2Client _balancing;
    private readonly EdgeOptions _options;
    private readonly TimeProvider _clock;
    private readonly PublicSide _public;
    private readonly Dictionary<string, long> _leftSince = [];
    private readonly Task _running;
    private TaskCompletionSource _changed = NewSignal();

    public BalancerInterfaces(CloudContext cloud, PublicSide @public, EdgeOptions options)
    {
        _session = cloud.OpenSession("elastic-load-balancing");
        _balancing = new AmazonElasticLoadBalancingV2Client(_session);
        _clock = cloud.Clock;
        _options = options;
        _public = @public;
        _public.WasChanged += Signal;
        _running = Task.Run(() => RunAsync(_stopping.Token));
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var changed = Volatile.Read(ref _changed);
            var waiting = false;
            try
            {
                waiting = await StepAsync(ct);
            }
            catch (Exception failure) when (AwsException.From(failure) is not null)
            {
                // The next look sees it.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var wait = waiting ? _options.InterfaceRelease : _options.InterfaceInterval;
            await Task.WhenAny(changed.Task, Task.Delay(wait, _clock, ct));
            if (changed.Task.IsCompleted)
            {
                Interlocked.CompareExchange(ref _changed, NewSignal(), changed);
            }
        }
    }

    /// <summary>Makes what is missing and deletes what is left over.</summary>
    /// <returns>Whether something is left over that has to stay a little longer.</returns>
    private async Task<bool> StepAsync(CancellationToken ct)
    {
        var balancers = (await _balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest(), ct)).LoadBalancers;
        using var ec2 = _session.CreateEc2();
        var interfaces = ((await ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest(), ct)).NetworkInterfaces ?? [])
            .FindAll(item => item.Description?.StartsWith(Prefix, StringComparison.Ordinal) is true);
        foreach (var balancer in balancers)
        {
            var description = DescriptionOf(balancer.LoadBalancerArn);
            foreach (var subnet in balancer.Subnets.Except(interfaces.Where(item => item.Description == description).Select(item => item.SubnetId)))
            {
                await ec2.CreateNetworkInterfaceAsync(
                    new CreateNetworkInterfaceRequest { SubnetId = subnet, Description = description, Groups = [.. balancer.SecurityGroups] }, ct);
            }
        }

        var wanted = balancers.Select(balancer => DescriptionOf(balancer.LoadBalancerArn)).ToHashSet();
        var waiting = false;
        foreach (var left in interfaces.Where(item => !wanted.Contains(item.Description)))
        {
            if (_leftSince.TryAdd(left.NetworkInterfaceId, _clock.GetTimestamp())
                || _clock.GetElapsedTime(_leftSince[left.NetworkInterfaceId]) < _options.InterfaceRelease)
            {
                waiting = true;
                continue;
            }

            _leftSince.Remove(left.NetworkInterfaceId);
            await ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = left.NetworkInterfaceId }, ct);
        }

        return waiting;
    }

    // arn:…:loadbalancer/app/NAME/ID
    private static string DescriptionOf(string arn) => Prefix + arn[(arn.IndexOf("loadbalancer/", StringComparison.Ordinal) + "loadbalancer/".Length)..];

    private void Signal() => Volatile.Read(ref _changed).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        _public.WasChanged -= Signal;
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }
}
