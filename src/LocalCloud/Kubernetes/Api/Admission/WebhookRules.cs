using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Which webhooks a request concerns.</summary>
internal static class WebhookRules
{
    /// <summary>The type that a webhook's rules name for this request: its own, or another version where the webhook takes equivalents; null: none.</summary>
    public static ResourceType? Match(ClusterState state, JsonObject hook, WriteRequest request, string operation)
    {
        var rules = hook.Items("rules").Where(rule =>
            rule.Texts("operations").Any(one => one == "*" || one == operation)).ToList();
        if (rules.Exists(rule => Names(rule, request.Type, request.Subresource)))
        {
            return request.Type;
        }

        return hook.Text("matchPolicy") == "Exact" ? null : state.Catalog.Current.Types.FirstOrDefault(type =>
            type.Storage == request.Type.Storage && type != request.Type
                && rules.Exists(rule => Names(rule, type, request.Subresource)));
    }

    /// <summary>Whether the selectors of a webhook choose the object, as it was or as it will be, and its namespace.</summary>
    public static bool Selects(ClusterState state, JsonObject hook, WriteRequest request, JsonObject? value,
        JsonObject? before)
    {
        if (hook.Map("namespaceSelector") is { } namespaces)
        {
            var labels = request.Type.Storage == "namespaces"
                ? (value ?? before).Map("metadata", "labels")
                : request.Namespace.Length > 0
                    ? state.Store.Get("namespaces", "", request.Namespace)?.Value.Map("metadata", "labels") : null;
            var concerned = request.Type.Storage == "namespaces" || request.Namespace.Length > 0;
            if (concerned && !LabelSelector.Matches(namespaces, labels))
            {
                return false;
            }
        }

        return hook.Map("objectSelector") is not { } objects
            || value is not null && LabelSelector.Matches(objects, value.Map("metadata", "labels"))
            || before is not null && LabelSelector.Matches(objects, before.Map("metadata", "labels"));
    }

    private static bool Names(JsonObject rule, ResourceType type, string subresource)
    {
        var full = subresource.Length == 0 ? type.Plural : $"{type.Plural}/{subresource}";
        return (rule.Text("scope")
            ?? "*") switch
        { "Cluster" => !type.Namespaced, "Namespaced" => type.Namespaced, _ => true }
            && rule.Texts("apiGroups").Any(group => group == "*" || group == type.Group)
            && rule.Texts("apiVersions").Any(version => version == "*" || version == type.Version)
            && rule.Texts("resources").Any(resource => resource == full || resource == "*/*"
                || resource == "*" && subresource.Length == 0
                || subresource.Length > 0 && (resource == type.Plural + "/*" || resource == "*/" + subresource));
    }
}
