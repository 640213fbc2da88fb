using k8s;
using Mayfly.Engine.Clouds;
using Mayfly.Engine.Events;
using Mayfly.Engine.Secrets;

namespace Mayfly.Engine.Explanation;

/// <summary>
/// What must not be shown, read only so that it can be taken out of what is: a pod's log may hold what the pod was given. The
/// contract's values in Secrets Manager and the Kubernetes secrets of the namespace, since the one may be newer than the other.
/// </summary>
public sealed class KnownSecrets(ISecretContract contract, Blueprint blueprint, ClusterDoor door, Redactor redactor)
{
    /// <summary>What stands for lines that were left out.</summary>
    public const string LeftOut = "lines of the log are left out: the secrets that they may show could not be read";

    // Helm's own records are no secrets of the application, and hold the whole chart.
    private const string HelmRecord = "helm.sh/release.v1";

    private bool _known;

    /// <summary>Teaches the redactor every value; false when neither place could be read whole, so that a log may show what nobody knows.</summary>
    public async Task<bool> LearnAsync(CancellationToken ct) => _known = _known || await FromVaultAsync(ct) | await FromClusterAsync(ct);

    // A secret that is gone from the vault, or that may not be read there, may live on in the cluster.
    private async Task<bool> FromVaultAsync(CancellationToken ct) =>
        (await Look.AtAsync<IReadOnlyList<SecretFinding>>(async () => await contract.CheckAsync(ct), ct)).Value is { } findings
        && !findings.Any(finding => finding.Broke is SecretLink.Access or SecretLink.Container);

    private async Task<bool> FromClusterAsync(CancellationToken ct)
    {
        var secrets = await Look.AtAsync(
            async () => await door.FindAsync(ct) is { } cluster
                ? await cluster.Api.CoreV1.ListNamespacedSecretAsync(blueprint.Namespace, cancellationToken: ct) : null, ct);
        foreach (var value in (secrets.Value?.Items ?? []).Where(secret => secret.Type != HelmRecord).SelectMany(secret => secret.Data?.Values ?? []))
        {
            redactor.Learn(System.Text.Encoding.UTF8.GetString(value));
        }

        return secrets.Value is not null;
    }
}
