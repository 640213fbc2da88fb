using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Defaults of the remaining types.</summary>
internal static class CoreDefaults
{
    public static void Secret(JsonObject value)
    {
        if (value.Map("stringData") is { } texts)
        {
            foreach (var (name, text) in texts)
            {
                value.Child("data")[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Text() ?? ""));
            }

            value.Remove("stringData");
        }

        value.Default("type", "Opaque");
    }

    public static void Namespace(JsonObject value)
    {
        value.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = value.Text("metadata", "name");
        var spec = value.Child("spec");
        if (value.At("metadata", "deletionTimestamp") is null && !spec.Texts("finalizers").Any())
        {
            spec["finalizers"] = new JsonArray("kubernetes");
        }
    }

    public static void Claim(JsonObject value) => value.Child("spec").Default("volumeMode", "Filesystem");

    public static void Volume(JsonObject value)
    {
        var spec = value.Child("spec");
        spec.Default("persistentVolumeReclaimPolicy", "Retain");
        spec.Default("volumeMode", "Filesystem");
    }

    public static void Node(JsonObject value)
    {
        value.Child("spec");
        if (value.Map("status", "capacity") is { } capacity)
        {
            value.Child("status").Default("allocatable", capacity.DeepClone());
        }
    }

    public static void RoleBinding(JsonObject value)
    {
        value.Map("roleRef")?.Default("apiGroup", "rbac.authorization.k8s.io");
        foreach (var subject in value.Items("subjects").Where(subject => subject.Text("kind") is "User" or "Group"))
        {
            subject.Default("apiGroup", "rbac.authorization.k8s.io");
        }
    }

    public static void StorageClass(JsonObject value)
    {
        value.Default("reclaimPolicy", "Delete");
        value.Default("volumeBindingMode", "Immediate");
    }

    public static void PriorityClass(JsonObject value)
    {
        value.Default("preemptionPolicy", "PreemptLowerPriority");
        value.Default("value", 0);
    }

    public static void Webhooks(JsonObject value)
    {
        var mutating = value.Text("kind") == "MutatingWebhookConfiguration";
        foreach (var hook in value.Items("webhooks"))
        {
            hook.Default("failurePolicy", "Fail");
            hook.Default("matchPolicy", "Equivalent");
            hook.Default("namespaceSelector", new JsonObject());
            hook.Default("objectSelector", new JsonObject());
            hook.Default("timeoutSeconds", 10);
            if (mutating)
            {
                hook.Default("reinvocationPolicy", "Never");
            }

            hook.Map("clientConfig", "service")?.Default("port", 443);
            foreach (var rule in hook.Items("rules"))
            {
                rule.Default("scope", "*");
            }
        }
    }

    public static void Definition(JsonObject value)
    {
        var spec = value.Child("spec");
        var names = spec.Child("names");
        if (names.Text("kind") is { } kind)
        {
            names.Default("listKind", kind + "List");
            names.Default("singular", kind.ToLowerInvariant());
        }

        spec.Child("conversion").Default("strategy", "None");
        spec.Map("conversion", "webhook", "clientConfig", "service")?.Default("port", 443);
    }
}
