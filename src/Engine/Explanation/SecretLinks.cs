using k8s.Models;
using Mayfly.Aws.SecretsManager.Model;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Explanation;

/// <summary>Judges what the application's secrets hang on: the operator, the store, each ExternalSecret, each secret. Pure.</summary>
public static class SecretLinks
{
    private const string Operator = "Look at the operator's pods and at their logs.";

    /// <summary>Whether the operator runs.</summary>
    public static Link Eso(string @namespace, Look<List<V1Deployment>> look)
    {
        if (look.Missing("operator", () => Link.Broken("operator", $"there is no namespace {@namespace}", [], "Run mayfly up: it installs the operator again.")) is { } missing)
        {
            return missing;
        }

        if (look.Value!.FirstOrDefault(deployment => deployment.Spec.Replicas == 0) is { } stopped)
        {
            return Link.Broken("operator", $"deployment {@namespace}/{stopped.Metadata.Name} is scaled to 0", [],
                $"Scale it up: kubectl scale deployment {stopped.Metadata.Name} --replicas=1 -n {@namespace}.");
        }

        var waiting = look.Value!.Where(deployment => (deployment.Status?.ReadyReplicas ?? 0) < Math.Max(1, deployment.Spec.Replicas ?? 1)).ToList();
        return look.Value!.Count == 0 ? Link.Broken("operator", $"no operator is deployed in namespace {@namespace}", [], "Run mayfly up: it installs the operator again.")
            : waiting.Count > 0 ? Link.Broken("operator", $"deployment {@namespace}/{waiting[0].Metadata.Name} has {waiting[0].Status?.ReadyReplicas ?? 0} ready pods",
                waiting.SelectMany(deployment => deployment.Status?.Conditions ?? []).Select(c => $"{c.Type} is {c.Status}: {c.Message}"), Operator)
            : Link.Fine("operator", $"{look.Value.Count} deployments are ready");
    }

    /// <summary>Whether the operator says that one of its objects is ready.</summary>
    public static Link Ready(string name, Look<ClusterObject> look, IEnumerable<string> events, string next) =>
        look.Missing(name, () => Link.Broken(name, "it is not there", [], "Run mayfly up: it makes it again."))
        ?? (look.Value!.Condition("Ready") switch
        {
            ("True", _) => Link.Fine(name, "it is ready"),
            (_, var message) => Link.Broken(name, $"it is not ready: {message}", events, next),
            _ => Link.Unknown(name, "the operator has not looked at it yet"),
        });

    /// <summary>Whether a secret is in Secrets Manager, with a current version. Its value is not read.</summary>
    public static Link Vault(string id, Look<DescribeSecretResponse> look)
    {
        var name = $"source {id}";
        return look.Missing(name, () => Link.Broken(name, "it is not in Secrets Manager", [], "Run mayfly secrets ensure: it makes the secret from its configured source."))
            ?? (look.Value!.DeletedDate is { } deleted
                    ? Link.Broken(name, $"it is scheduled for deletion ({deleted:yyyy-MM-dd})", [], "Run mayfly secrets ensure: it takes the secret back.")
                : look.Value.VersionIdsToStages?.Values.Any(stages => stages.Contains("AWSCURRENT")) is not true
                    ? Link.Broken(name, "it has no value", [], "Run mayfly secrets ensure, or mayfly secrets set.")
                : Link.Fine(name, "it has a value"));
    }

    /// <summary>Whether a Kubernetes secret is there with its keys. Only their names are looked at; a pull secret has its key with a dot before it.</summary>
    public static Link Kubernetes(string secret, IReadOnlyList<string> keys, Look<string[]> present)
    {
        var name = $"secret {secret}";
        if (present.Missing(name, () => Link.Broken(name, "it is not there", [], $"See the ExternalSecret that makes it (kubectl describe externalsecret {secret}).")) is { } missing)
        {
            return missing;
        }

        var lacking = keys.Except(present.Value!.Select(key => key.TrimStart('.'))).ToList();
        return lacking.Count == 0 ? Link.Fine(name, $"{present.Value!.Length} keys")
            : Link.Broken(name, $"it lacks {string.Join(", ", lacking)}", [], "Run mayfly secrets check: it says what the source lacks.");
    }
}
