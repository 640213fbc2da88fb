using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Events;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Puts back what a release of Terraform's has lost of the operator's objects: whoever removes the operator with its kinds takes every
/// object of those kinds away, and the release that made them still counts as deployed, for helm and for Terraform.
/// Looks at: the deployed releases of the cluster, and whether each of their stores and ExternalSecrets is there. May change: a release
/// that misses one; helm goes to the same revision once more, which makes what is missing. Proof: a second look finds none missing.
/// The application's own release is the work of the stage deploy.
/// </summary>
public sealed class RestoreReleases(Blueprint blueprint, ClusterDoor door, HelmFactory helms, RunLease lease) : IStage
{
    private const string Group = "external-secrets.io/";

    /// <inheritdoc />
    public string Name => $"{StageNames.Preflight}:releases";

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (!(await door.OpenAsync(ct)).Is(out var cluster, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        var restored = new List<string>();
        foreach (var release in await DeployedAsync(cluster, ct))
        {
            var missing = await MissingAsync(cluster, release, ct);
            if (missing.Count == 0)
            {
                continue;
            }

            if (await lease.EnsureHeldAsync(ct) is { } lost)
            {
                return new StageResult.Failed(lost) { WroteSomething = restored.Count > 0 };
            }

            run.Report(new Noticed(Name, $"missing from release {release.Namespace}/{release.Name}: {string.Join(", ", missing)}; going to revision {release.Newest.Revision} of it once more"));
            var helm = await helms.OpenAsync(cluster, release.Namespace, ct);
            if (!(await helms.VersionAsync(ct)).Is(out var version, out failure)
                || !(await helm.RollbackAsync(release.Name, release.Newest.Revision, new StageReporter(run, Name), ct, force: version.Major >= 4)).Is(out _, out failure))
            {
                return new StageResult.Failed(failure) { WroteSomething = true };
            }

            restored.Add($"{release.Namespace}/{release.Name}");
        }

        return restored.Count > 0 ? new StageResult.Changed($"restored {string.Join(", ", restored)}") : new StageResult.Unchanged("releases have what they made");
    }

    private static Task<IReadOnlyList<ObjectReference>> MissingAsync(Cluster cluster, Deployed release, CancellationToken ct) => new ClusterObjects(cluster).MissingAsync(
        ObjectReference.ReadAll(release.Newest.Manifest).Where(reference => reference.ApiVersion.StartsWith(Group, StringComparison.Ordinal)), release.Namespace, ct);

    private async Task<IReadOnlyList<Deployed>> DeployedAsync(Cluster cluster, CancellationToken ct)
    {
        var records = await cluster.Api.CoreV1.ListSecretForAllNamespacesAsync(labelSelector: "owner=helm,status=deployed", cancellationToken: ct);
        var names = records.Items.Where(record => record.Type == "helm.sh/release.v1")
            .Select(record => (Name: record.Metadata.Labels["name"], Namespace: record.Metadata.NamespaceProperty))
            .Where(release => release != (blueprint.Release, blueprint.Namespace))
            .Distinct();
        var found = new List<Deployed>();
        foreach (var (name, @namespace) in names)
        {
            if (await Releases.ReadAsync(cluster, @namespace, name, ct) is [{ Status: "deployed" } newest, ..])
            {
                found.Add(new Deployed(name, @namespace, newest));
            }
        }

        return found;
    }

    private sealed record Deployed(string Name, string Namespace, ReleaseRevision Newest);
}
