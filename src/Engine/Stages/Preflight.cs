using System.Text.Json;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Clouds.Cluster;
using Mayfly.Engine.Clouds.Registry;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Failures;
using Mayfly.Engine.Leases;
using Mayfly.Engine.Secrets;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Stages;

/// <summary>
/// Makes sure that the application will find its secrets.
/// Looks at: the operator's workloads and webhooks, the store, the secret contract, the ExternalSecrets that exist, the pull
/// secret and, when a deployment is due, the registries. May change: missing values in Secrets Manager, from their configured source; an annotation that asks the operator to
/// sync. Proof: every ExternalSecret of the namespace says that it is ready, the pull secret is there and can be read, and no
/// registry refuses an image of the release.
/// </summary>
public sealed class Preflight(
    Blueprint blueprint, ClusterDoor door, ISecretContract contract, PullCheck pulls, RunLease lease, TimeProvider clock) : IStage
{
    private const string ExternalSecretVersion = "external-secrets.io/v1";
    private const string DockerConfig = ".dockerconfigjson";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // What only a person can mend is waited for as long as the operator takes to sync, and no longer.
    private static readonly TimeSpan SyncPatience = TimeSpan.FromSeconds(15);

    private readonly PreflightSettings _settings = blueprint.Configuration.Preflight;

    /// <inheritdoc />
    public string Name => StageNames.Preflight;

    /// <inheritdoc />
    public async Task<StageResult> RunAsync(Run run, CancellationToken ct)
    {
        if (!(await door.OpenAsync(ct)).Is(out var cluster, out var failure))
        {
            return new StageResult.Failed(failure);
        }

        // Values first: the operator syncs what is there when it looks.
        var ensured = await contract.EnsureAsync(lease.EnsureHeldAsync, ct);
        if (!ensured.Is(out var written, out failure))
        {
            return new StageResult.Failed(failure);
        }

        var objects = new ClusterObjects(cluster);
        var deadline = clock.GetTimestamp();
        var synced = false;
        while (true)
        {
            var looked = await LookAsync(cluster, objects, ct);
            if (looked.Trouble is null)
            {
                var rows = await pulls.LookAsync(cluster, looked.PullSecret, looked.Logins, new StageReporter(run, Name), ct);
                if (SecretFailure.OfPulling(rows) is { } unpullable)
                {
                    return new StageResult.Failed(unpullable) { WroteSomething = written.Length > 0 || synced };
                }

                return written.Length > 0 || synced
                    ? new StageResult.Changed(written.Length > 0 ? $"wrote {string.Join(", ", written)}" : "had the operator sync again")
                    : new StageResult.Unchanged("secrets are in place");
            }

            if (looked.Unsynced.Count > 0 && !synced)
            {
                if (await lease.EnsureHeldAsync(ct) is { } lost)
                {
                    return new StageResult.Failed(lost) { WroteSomething = written.Length > 0 };
                }

                await ForceSyncAsync(cluster, looked.Unsynced, ct);
                synced = true;
            }

            var patience = looked.Trouble.Disposition == Disposition.FailPermanentUser && SyncPatience < _settings.Timeout ? SyncPatience : _settings.Timeout;
            if (clock.GetElapsedTime(deadline) > patience)
            {
                return new StageResult.Failed(looked.Trouble) { WroteSomething = written.Length > 0 || synced };
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task<Look> LookAsync(Cluster cluster, ClusterObjects objects, CancellationToken ct)
    {
        if (_settings.EsoNamespace is { } operatorNamespace)
        {
            var deployments = await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(operatorNamespace, cancellationToken: ct);
            if (deployments.Items.Count == 0)
            {
                return new Look(NotReady($"no operator is deployed in namespace {operatorNamespace}"), []);
            }

            if (deployments.Items.FirstOrDefault(d => (d.Status?.ReadyReplicas ?? 0) < (d.Spec.Replicas ?? 1)) is { } waiting)
            {
                return new Look(NotReady($"deployment {operatorNamespace}/{waiting.Metadata.Name} is not ready"), []);
            }
        }

        if (_settings.SecretStore is { } storeName)
        {
            var store = await objects.FindAsync(new ObjectReference(ExternalSecretVersion, "ClusterSecretStore", null, storeName), "", ct);
            if (store?.Condition("Ready") is not ("True", _))
            {
                return new Look(FromOperator($"ClusterSecretStore {storeName}: {store?.Condition("Ready")?.Message ?? "is not there"}"), []);
            }
        }

        var externalSecrets = await objects.ListAsync(ExternalSecretVersion, "ExternalSecret", blueprint.Namespace, ct);
        var unsynced = externalSecrets.Where(secret => secret.Condition("Ready") is not ("True", _)).ToList();
        if (unsynced.Count > 0)
        {
            var first = unsynced[0];
            return new Look(FromOperator($"ExternalSecret {first.Metadata.Name}: {first.Condition("Ready")?.Message ?? "has not been looked at yet"}"), unsynced);
        }

        if (_settings.RegistrySecret is { } template)
        {
            var name = blueprint.Expand(template);
            var secret = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedSecretAsync(name, blueprint.Namespace, cancellationToken: ct));
            if (secret is null)
            {
                return new Look(NotReady($"the registry's pull secret {blueprint.Namespace}/{name} is not there"), []);
            }

            if (RegistryLogins.Parse(secret.Data?.TryGetValue(DockerConfig, out var json) is true ? json : [], out var flaw) is not { } logins)
            {
                // Its ExternalSecret may say that it is synced and hold a value of before: it is asked to sync again, once.
                return new Look(Unreadable($"{blueprint.Namespace}/{name}", flaw), externalSecrets);
            }

            return new Look(null, []) { PullSecret = $"{blueprint.Namespace}/{name}", Logins = logins };
        }

        return new Look(null, []);
    }

    private async Task ForceSyncAsync(Cluster cluster, IReadOnlyList<ClusterObject> secrets, CancellationToken ct)
    {
        var patch = new V1Patch(JsonSerializer.Serialize(ForceSync(clock.GetUtcNow())), V1Patch.PatchType.MergePatch);
        foreach (var secret in secrets)
        {
            await cluster.Api.CustomObjects.PatchNamespacedCustomObjectAsync(
                patch, "external-secrets.io", "v1", secret.Metadata.NamespaceProperty, "externalsecrets", secret.Metadata.Name, cancellationToken: ct);
        }
    }

    // The operator syncs at once when this annotation changes.
    private static System.Text.Json.Nodes.JsonObject ForceSync(DateTimeOffset now) => new()
    {
        ["metadata"] = new System.Text.Json.Nodes.JsonObject
        {
            ["annotations"] = new System.Text.Json.Nodes.JsonObject { ["force-sync"] = now.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture) },
        },
    };

    private static Failure NotReady(string summary) => Failure.Of(
        "preflight-not-ready", "eso_not_ready", Disposition.RetryAfterWait, summary, "Look at the operator's pods and at their logs.") with
    {
        Tool = "eso",
    };

    private static Failure FromOperator(string text)
    {
        var failure = FailureClassifier.Classify("eso", text);
        return failure.Class is Failure.UnknownClass or FailureClassifier.NotAFailure ? NotReady(text) : failure;
    }

    private static Failure Unreadable(string secret, string flaw) => SecretFailure.OfPulling(
        [new SecretFinding(secret, DockerConfig, SecretState.Broken, SecretLink.Value, flaw, "Write the registry's login as Docker's config.json has it.")])!;

    private sealed record Look(Failure? Trouble, IReadOnlyList<ClusterObject> Unsynced)
    {
        public string? PullSecret { get; init; }

        public RegistryLogins Logins { get; init; } = RegistryLogins.None;
    }
}
