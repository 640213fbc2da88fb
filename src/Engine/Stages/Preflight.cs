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
/// sync. Proof: every ExternalSecret of the namespace says that it was synced after the newest value, its secret is there with the
/// keys that the contract wants, the pull secret can be read, and no registry refuses an image of the release.
/// </summary>
public sealed class Preflight(
    Blueprint blueprint, ClusterDoor door, ISecretContract contract, PullCheck pulls, RunLease lease, TimeProvider clock) : IStage
{
    private const string ExternalSecretVersion = "external-secrets.io/v1";
    private const string DockerConfig = ".dockerconfigjson";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SyncPause = TimeSpan.FromSeconds(2);

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
        var started = clock.GetTimestamp();
        long? asked = null;
        while (true)
        {
            var looked = await LookAsync(cluster, objects, ct);
            if (PreflightRow.Join(looked.Rows) is not { } trouble)
            {
                var rows = await pulls.LookAsync(cluster, looked.PullSecret, looked.Logins, new StageReporter(run, Name), ct);
                if (SecretFailure.OfPulling(rows) is { } unpullable)
                {
                    return new StageResult.Failed(unpullable) { WroteSomething = written.Length > 0 || asked is not null };
                }

                return written.Length > 0 || asked is not null
                    ? new StageResult.Changed(written.Length > 0 ? $"wrote {string.Join(", ", written)}" : "had the operator sync again")
                    : new StageResult.Unchanged("secrets are in place");
            }

            // Asked again only when that did not help: a sync in the very second of the value proves nothing.
            if (looked.Unsynced.Count > 0 && (asked is not { } last || clock.GetElapsedTime(last) > SyncPause))
            {
                if (asked is null && await lease.EnsureHeldAsync(ct) is { } lost)
                {
                    return new StageResult.Failed(lost) { WroteSomething = written.Length > 0 };
                }

                await ForceSyncAsync(cluster, looked.Unsynced, ct);
                asked = clock.GetTimestamp();
            }

            var patience = trouble.Disposition == Disposition.FailPermanentUser && SyncPatience < _settings.Timeout ? SyncPatience : _settings.Timeout;
            if (clock.GetElapsedTime(started) > patience)
            {
                return new StageResult.Failed(trouble) { WroteSomething = written.Length > 0 || asked is not null };
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    private async Task<Look> LookAsync(Cluster cluster, ClusterObjects objects, CancellationToken ct)
    {
        var rows = new List<PreflightRow>();
        if (_settings.EsoNamespace is { } operatorNamespace)
        {
            rows.AddRange(await OperatorLook.OperatorAsync(cluster, operatorNamespace, ct));
        }

        var wishes = await objects.ListAsync(ExternalSecretVersion, "ExternalSecret", blueprint.Namespace, ct);
        rows.AddRange(await OperatorLook.StoresAsync(objects, ExternalSecretVersion, _settings, wishes, blueprint.Namespace, ct));

        // Without operator and store nothing syncs: what hangs on them says nothing new.
        var unsynced = new List<ClusterObject>();
        if (rows.Count == 0)
        {
            var secrets = wishes.Count == 0 ? [] : (await cluster.Api.CoreV1.ListNamespacedSecretAsync(blueprint.Namespace, cancellationToken: ct)).Items;
            foreach (var wish in wishes)
            {
                var facts = await FactsAsync(cluster, wish, secrets, ct);
                if (SyncLook.Judge(facts) is { } row)
                {
                    rows.Add(row);
                    unsynced.AddRange(SyncLook.NeedsForce(facts, clock.GetUtcNow()) ? [wish] : []);
                }
            }
        }

        return _settings.RegistrySecret is { } template && rows.Count == 0
            ? await PullSecretAsync(cluster, blueprint.Expand(template), wishes, ct)
            : new Look(rows, unsynced);
    }

    private async Task<SyncFacts> FactsAsync(Cluster cluster, ClusterObject wish, IEnumerable<V1Secret> secrets, CancellationToken ct)
    {
        var target = SyncLook.Target(wish);
        var wanted = blueprint.Configuration.Secrets
            .Where(secret => secret.Kubernetes is { } template && blueprint.Expand(template) == target)
            .SelectMany(secret => secret.Keys).Where(key => key.Required).Select(key => key.Name);
        var written = SyncLook.Sources(wish).Where(contract.Written.ContainsKey).Select(id => contract.Written[id]).ToList();
        var warnings = wish.Condition("Ready") is ("True", _) ? [] : await WarningsAsync(cluster, wish, ct);
        return new SyncFacts(
            wish, warnings, secrets.FirstOrDefault(secret => secret.Metadata.Name == target)?.Data?.Keys.ToArray(), [.. wanted],
            written.Count == 0 ? null : written.Max());
    }

    private static async Task<IReadOnlyList<string>> WarningsAsync(Cluster cluster, ClusterObject wish, CancellationToken ct)
    {
        var events = await cluster.Api.CoreV1.ListNamespacedEventAsync(
            wish.Metadata.NamespaceProperty, fieldSelector: $"involvedObject.name={wish.Metadata.Name}", cancellationToken: ct);
        return [.. events.Items.Where(one => one.Type == "Warning" && one.InvolvedObject.Uid == wish.Metadata.Uid)
            .OrderByDescending(one => one.LastTimestamp ?? one.EventTime ?? one.FirstTimestamp).Select(one => one.Message ?? "")];
    }

    private async Task<Look> PullSecretAsync(Cluster cluster, string name, IReadOnlyList<ClusterObject> wishes, CancellationToken ct)
    {
        var whole = $"{blueprint.Namespace}/{name}";
        var secret = await Cluster.FindAsync(() => cluster.Api.CoreV1.ReadNamespacedSecretAsync(name, blueprint.Namespace, cancellationToken: ct));
        if (secret is null)
        {
            return new Look([PreflightRow.Waiting($"pull secret {whole}", "", SecretLink.Sync, "it is not there", "Run mayfly up: it makes the ExternalSecret that brings it.")], []);
        }

        if (RegistryLogins.Parse(secret.Data?.TryGetValue(DockerConfig, out var json) is true ? json : [], out var flaw) is { } logins)
        {
            return new Look([], []) { PullSecret = whole, Logins = logins };
        }

        // Its ExternalSecret may say that it is synced and hold a value of before: it is asked to sync again.
        var finding = new SecretFinding(whole, DockerConfig, SecretState.Broken, SecretLink.Value, flaw, "Write the registry's login as Docker's config.json has it.");
        return new Look([new PreflightRow(finding, SecretFailure.OfPulling([finding])!)], [.. wishes.Where(wish => SyncLook.Target(wish) == name)]);
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

    private sealed record Look(IReadOnlyList<PreflightRow> Rows, IReadOnlyList<ClusterObject> Unsynced)
    {
        public string? PullSecret { get; init; }

        public RegistryLogins Logins { get; init; } = RegistryLogins.None;
    }
}
