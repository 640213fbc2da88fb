using k8s.Models;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Operators.Runtime;

/// <summary>
/// Lets one of several replicas work: who holds the lease. A holder that is stopped gives it back, so that the next need not wait until it
/// expires.
/// </summary>
internal sealed class LeaderLease(OperatorProcess process, string name)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private string Identity => $"{process.Container.Pod.Metadata.Name}_{process.Container.Pod.Metadata.Uid}";

    private TimeProvider Clock => process.Container.Cloud.Clock;

    /// <summary>Waits for the lease, then runs the work for as long as the lease can be renewed.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stopped)
    {
        while (!await TryTakeAsync(stopped))
        {
            await Task.Delay(Retry, Clock, stopped);
        }

        process.Log($"successfully acquired lease {process.Namespace}/{name}");
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        var working = work(held.Token);
        try
        {
            while (await TryTakeAsync(stopped))
            {
                await Task.WhenAny(working, Task.Delay(Renewal, Clock, stopped));
                if (working.IsCompleted)
                {
                    break;
                }

                stopped.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await held.CancelAsync();
            await GiveBackAsync();
        }

        await working;
    }

    private async Task<bool> TryTakeAsync(CancellationToken ct)
    {
        try
        {
            var now = Clock.GetUtcNow().UtcDateTime;
            if (await process.Api.FindAsync<V1Lease>(process.Namespace, name, ct) is not { } lease)
            {
                await process.Api.CreateAsync(
                    new V1Lease
                    {
                        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = process.Namespace },
                        Spec = new V1LeaseSpec
                        {
                            HolderIdentity = Identity,
                            LeaseDurationSeconds = (int)Duration.TotalSeconds,
                            AcquireTime = now,
                            RenewTime = now,
                        },
                    },
                    ct);
                return true;
            }

            var mine = lease.Spec.HolderIdentity == Identity;
            if (!mine && !string.IsNullOrEmpty(lease.Spec.HolderIdentity) && lease.Spec.RenewTime?.ToUniversalTime() + Duration > now)
            {
                return false;
            }

            lease.Spec.AcquireTime = mine ? lease.Spec.AcquireTime : now;
            lease.Spec.HolderIdentity = Identity;
            lease.Spec.RenewTime = now;
            lease.Spec.LeaseDurationSeconds = (int)Duration.TotalSeconds;
            await process.Api.UpdateAsync(lease, ct);
            return true;
        }
        catch (ClusterApiException refusal) when (refusal.IsConflict)
        {
            return false;
        }
    }

    private async Task GiveBackAsync()
    {
        try
        {
            using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(2), Clock);
            if (await process.Api.FindAsync<V1Lease>(process.Namespace, name, briefly.Token) is { } lease && lease.Spec.HolderIdentity == Identity)
            {
                lease.Spec.HolderIdentity = "";
                lease.Spec.LeaseDurationSeconds = 1;
                await process.Api.UpdateAsync(lease, briefly.Token);
            }
        }
        catch (Exception failure) when (failure is ClusterApiException or HttpRequestException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }
}
