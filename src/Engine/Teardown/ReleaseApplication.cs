using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Stages;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Teardown;

/// <summary>
/// Removes the application while its controllers still live, so that they let go of what they made in AWS.
/// Looks at: the release, Ingresses, load balancer Services, volume claims, and in AWS the load balancers of the cluster and the
/// records of the zone. May change: the release and those objects, which it deletes. Proof: the objects are gone from the API and
/// the load balancers and records from AWS. Without a cluster there is nobody to wait for.
/// </summary>
public sealed class ReleaseApplication(Blueprint blueprint, ClusterDoor door, HelmFactory helms, Sweep external, RunLease lease, TimeProvider clock)
    : IStage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public string Name => StageNames.Release;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        var reporter = new StageReporter(run, Name);
        if (await door.FindAsync(ct) is not { } cluster)
        {
            return new StageResult.Unchanged("there is no cluster, hence no application");
        }

        if (!await AnswersAsync(cluster, ct))
        {
            reporter.Notice("the cluster does not answer; what its controllers made in AWS is left to the sweep");
            return new StageResult.Unchanged("the cluster does not answer");
        }

        if (await lease.EnsureHeldAsync(ct) is { } lost)
        {
            return new StageResult.Failed(lost);
        }

        var changed = false;
        if ((await Releases.ReadAsync(cluster, blueprint.Namespace, blueprint.Release, ct)).Count > 0)
        {
            var helm = await helms.OpenAsync(cluster, ct);
            if (!(await helm.UninstallAsync(blueprint.Release, blueprint.Configuration.Helm.Timeout, reporter, ct)).Is(out _, out var failure))
            {
                return new StageResult.Failed(failure) { WroteSomething = true };
            }

            changed = true;
        }

        var started = clock.GetTimestamp();
        while (true)
        {
            var left = await DeleteAsync(cluster, ct);
            if (left.Count == 0)
            {
                var seen = await external.FindAsync(Ownership.Of(blueprint.Configuration.Project, blueprint.Environment.Id), ct);
                if (seen.IsClean)
                {
                    return changed ? new StageResult.Changed($"removed {blueprint.Release}") : new StageResult.Unchanged("no application is deployed");
                }

                left = [.. seen.Leftovers.Select(leftover => leftover.ToString()), .. seen.Doubts.Select(doubt => doubt.Summary)];
            }

            changed = true;
            if (clock.GetElapsedTime(started) > Patience)
            {
                return new StageResult.Failed(NotReleased(left)) { WroteSomething = true };
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task<bool> AnswersAsync(Cluster cluster, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        while (!await cluster.AnswersAsync(ct))
        {
            if (clock.GetElapsedTime(started) > Silence)
            {
                return false;
            }

            await Task.Delay(Pause, clock, ct);
        }

        return true;
    }

    // The cluster is this environment's alone, so whatever holds something in AWS goes, in every namespace.
    private static async Task<IReadOnlyList<string>> DeleteAsync(Cluster cluster, CancellationToken ct)
    {
        var left = new List<string>();
        var ingresses = await cluster.Api.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: ct);
        foreach (var ingress in ingresses.Items)
        {
            left.Add($"Ingress {ingress.Metadata.NamespaceProperty}/{ingress.Metadata.Name}");
            if (ingress.Metadata.DeletionTimestamp is null)
            {
                await Cluster.FindAsync(() => cluster.Api.NetworkingV1.DeleteNamespacedIngressAsync(
                    ingress.Metadata.Name, ingress.Metadata.NamespaceProperty, cancellationToken: ct));
            }
        }

        var services = await cluster.Api.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: ct);
        foreach (var service in services.Items.Where(service => service.Spec?.Type == "LoadBalancer"))
        {
            left.Add($"Service {service.Metadata.NamespaceProperty}/{service.Metadata.Name}");
            if (service.Metadata.DeletionTimestamp is null)
            {
                await Cluster.FindAsync(() => cluster.Api.CoreV1.DeleteNamespacedServiceAsync(
                    service.Metadata.Name, service.Metadata.NamespaceProperty, cancellationToken: ct));
            }
        }

        var claims = await cluster.Api.CoreV1.ListPersistentVolumeClaimForAllNamespacesAsync(cancellationToken: ct);
        foreach (var claim in claims.Items)
        {
            left.Add($"PersistentVolumeClaim {claim.Metadata.NamespaceProperty}/{claim.Metadata.Name}");
            if (claim.Metadata.DeletionTimestamp is null)
            {
                await Cluster.FindAsync(() => cluster.Api.CoreV1.DeleteNamespacedPersistentVolumeClaimAsync(
                    claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: ct));
            }
        }

        return left;
    }

    private static Failure NotReleased(IReadOnlyList<string> left) => Failure.Of(
        "application-not-released", "aws_delete_dependency", Disposition.RetryAfterWait,
        $"controllers have not let go of {string.Join(", ", left.Take(5))}",
        "Look at the load balancer controller and at external-dns: they remove these.") with
    {
        Tool = "kubectl",
        Evidence = left,
    };
}
