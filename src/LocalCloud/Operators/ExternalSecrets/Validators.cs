using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s;
using Mayfly.LocalCloud.Operators.Runtime;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>What the operator's admission webhooks refuse.</summary>
internal static class Validators
{
    /// <summary>The webhooks by their path.</summary>
    public static IReadOnlyDictionary<string, AdmissionServer.Decide> Webhooks { get; } = new Dictionary<string, AdmissionServer.Decide>
    {
        ["/validate-external-secrets-io-v1-externalsecret"] = (request, _) => Judge<ExternalSecret>(request, Problems),
        ["/validate-external-secrets-io-v1-secretstore"] = (request, _) => Judge<SecretStore>(request, Problems),
        ["/validate-external-secrets-io-v1-clustersecretstore"] = (request, _) => Judge<ClusterSecretStore>(request, Problems),
    };

    /// <summary>What is wrong with a wish.</summary>
    public static IEnumerable<string> Problems(ExternalSecret wish)
    {
        var data = wish.Spec.Data ?? [];
        var dataFrom = wish.Spec.DataFrom ?? [];
        if (data.Count == 0 && dataFrom.Count == 0)
        {
            yield return "either data or dataFrom should be specified";
        }

        foreach (var source in dataFrom)
        {
            if (source is { Extract: null, Find: null, SourceRef: null })
            {
                yield return "either extract, find, or sourceRef must be set to dataFrom";
            }
            else if (source is { Extract: not null, Find: not null })
            {
                yield return "extract, find, or generatorRef cannot be set at the same time";
            }
        }

        var creation = wish.Spec.Target?.CreationPolicy ?? "Owner";
        var deletion = wish.Spec.Target?.DeletionPolicy ?? "Retain";
        if (deletion == "Delete" && creation is "Merge" or "Orphan" or "None")
        {
            yield return "deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner";
        }

        if (deletion == "Merge" && creation == "None")
        {
            yield return "deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to merge with";
        }

        foreach (var twice in data.GroupBy(single => single.SecretKey).Where(keys => keys.Count() > 1))
        {
            yield return $"duplicate secretKey found: {twice.Key}";
        }
    }

    /// <summary>What is wrong with a store.</summary>
    public static IEnumerable<string> Problems(ISecretStore store)
    {
        foreach (var (number, condition) in (store.Spec?.Conditions ?? []).Index())
        {
            foreach (var (index, pattern) in (condition.NamespaceRegexes ?? []).Index())
            {
                if (!IsPattern(pattern))
                {
                    yield return $"failed to compile {index}th namespace regex in {number}th condition";
                }
            }
        }

        var auth = store.Spec?.Provider?.Aws?.Auth;
        var named = new[]
        {
            (auth?.Jwt?.ServiceAccountRef is not null, auth?.Jwt?.ServiceAccountRef?.Namespace),
            (auth?.SecretRef?.AccessKeyIDSecretRef is not null, auth?.SecretRef?.AccessKeyIDSecretRef?.Namespace),
            (auth?.SecretRef?.SecretAccessKeySecretRef is not null, auth?.SecretRef?.SecretAccessKeySecretRef?.Namespace),
        };
        foreach (var (_, @namespace) in named.Where(reference => reference.Item1))
        {
            if (store is SecretStore && @namespace is { Length: > 0 } && @namespace != store.Metadata.NamespaceProperty)
            {
                yield return "namespace should either be empty or match the namespace of the SecretStore for a namespaced SecretStore";
            }
        }
    }

    private static ValueTask<Admission> Judge<T>(AdmissionRequest request, Func<T, IEnumerable<string>> problems)
    {
        if (request.Operation == "DELETE" || request.Object is not { } json)
        {
            return ValueTask.FromResult(Admission.Allowed);
        }

        try
        {
            var found = problems(KubernetesJson.Deserialize<T>(json.ToJsonString())).ToList();
            return ValueTask.FromResult(found.Count == 0 ? Admission.Allowed : Admission.Refused(string.Join('\n', found)));
        }
        catch (System.Text.Json.JsonException)
        {
            return ValueTask.FromResult(Admission.Refused("the object cannot be read"));
        }
    }

    private static bool IsPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
