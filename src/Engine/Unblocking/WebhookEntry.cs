using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using Mayfly.Engine.Clouds.Cluster;

namespace Mayfly.Engine.Unblocking;

/// <summary>The two kinds of webhook configurations.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WebhookKind>))]
public enum WebhookKind
{
    /// <summary>ValidatingWebhookConfiguration.</summary>
    Validating,

    /// <summary>MutatingWebhookConfiguration.</summary>
    Mutating,
}

/// <summary>A service in a cluster.</summary>
public sealed record ServiceName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>One entry of a webhook configuration: each has its own rules, service and policy.</summary>
/// <param name="Index">Its place in the configuration.</param>
/// <param name="Name">Its name, unique in the configuration.</param>
/// <param name="FailurePolicy"><c>Fail</c> or <c>Ignore</c>.</param>
/// <param name="Service">Who answers; null: an address outside of the cluster.</param>
/// <param name="Url">The address, when it is no service.</param>
/// <param name="Namespaces">Which namespaces it is for; null: all.</param>
/// <param name="Rules">Which requests it is asked about.</param>
public sealed record WebhookEntry(
    int Index, string Name, string FailurePolicy, ServiceName? Service, string? Url, V1LabelSelector? Namespaces, IReadOnlyList<V1RuleWithOperations> Rules)
{
    /// <summary>Expressions in CEL that all have to be true for it to be asked.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>True when a request that concerns it fails while it does not answer.</summary>
    public bool FailsClosed => FailurePolicy == WebhookConfiguration.Fail;
}

/// <summary>A webhook configuration of either kind.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Entries">Its webhooks.</param>
/// <param name="Json">All of it, as it came.</param>
public sealed record WebhookConfiguration(WebhookKind Kind, V1ObjectMeta Metadata, IReadOnlyList<WebhookEntry> Entries, string Json)
{
    /// <summary>The policy of a webhook that must be asked.</summary>
    public const string Fail = "Fail";

    /// <summary>The policy of a webhook that is asked when it answers.</summary>
    public const string Ignore = "Ignore";

    public override string ToString() => $"{Kind}WebhookConfiguration {Metadata.Name}";

    /// <summary>Every configuration in the cluster.</summary>
    public static async Task<IReadOnlyList<WebhookConfiguration>> ListAsync(Cluster cluster, CancellationToken ct)
    {
        var validating = cluster.Api.AdmissionregistrationV1.ListValidatingWebhookConfigurationAsync(cancellationToken: ct);
        var mutating = cluster.Api.AdmissionregistrationV1.ListMutatingWebhookConfigurationAsync(cancellationToken: ct);
        return [.. (await validating).Items.Select(Of), .. (await mutating).Items.Select(Of)];
    }

    /// <summary>One configuration; null when the API says that there is none of the name.</summary>
    public static async Task<WebhookConfiguration?> FindAsync(Cluster cluster, WebhookKind kind, string name, CancellationToken ct)
    {
        var api = cluster.Api.AdmissionregistrationV1;
        return kind == WebhookKind.Validating
            ? await Cluster.FindAsync(() => api.ReadValidatingWebhookConfigurationAsync(name, cancellationToken: ct)) is { } validating ? Of(validating) : null
            : await Cluster.FindAsync(() => api.ReadMutatingWebhookConfigurationAsync(name, cancellationToken: ct)) is { } mutating ? Of(mutating) : null;
    }

    private static WebhookConfiguration Of(V1ValidatingWebhookConfiguration found) => new(
        WebhookKind.Validating,
        found.Metadata,
        [.. (found.Webhooks ?? []).Select((hook, index) => Entry(index, hook.Name, hook.FailurePolicy, hook.ClientConfig, hook.NamespaceSelector, hook.Rules, hook.MatchConditions))],
        KubernetesJson.Serialize(found));

    private static WebhookConfiguration Of(V1MutatingWebhookConfiguration found) => new(
        WebhookKind.Mutating,
        found.Metadata,
        [.. (found.Webhooks ?? []).Select((hook, index) => Entry(index, hook.Name, hook.FailurePolicy, hook.ClientConfig, hook.NamespaceSelector, hook.Rules, hook.MatchConditions))],
        KubernetesJson.Serialize(found));

    private static WebhookEntry Entry(
        int index, string name, string? policy, Admissionregistrationv1WebhookClientConfig client, V1LabelSelector? namespaces, IList<V1RuleWithOperations>? rules,
        IList<V1MatchCondition>? conditions) =>
        new(index, name, policy ?? Fail, client.Service is { } service ? new ServiceName(service.NamespaceProperty, service.Name) : null, client.Url,
            namespaces, [.. rules ?? []])
        {
            Conditions = [.. (conditions ?? []).Select(condition => condition.Expression)],
        };
}
