using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>The server's own part of an object's metadata.</summary>
internal static class Metadata
{
    private const string RandomLetters = "bcdfghjklmnpqrstvwxz2456789";

    // A name is made of at most so much of generateName and five letters.
    private const int LongestPrefix = 58;

    private static readonly string[] OwnFields =
        ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"];

    private static readonly HashSet<string> WithGeneration = new(StringComparer.Ordinal)
    {
        "apps/deployments", "apps/replicasets", "apps/statefulsets", "apps/daemonsets", "batch/jobs", "batch/cronjobs",
            "pods",
        "replicationcontrollers", "networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies",
            "networking.k8s.io/ingressclasses",
        "policy/poddisruptionbudgets", "apiextensions.k8s.io/customresourcedefinitions",
            "scheduling.k8s.io/priorityclasses",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
            "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "discovery.k8s.io/endpointslices",
    };

    public static void BeforeCreate(WriteRequest request, JsonObject value, string now)
    {
        var metadata = value.Child("metadata");
        var ns = metadata.Text("namespace") ?? "";
        if (!request.Type.Namespaced)
        {
            metadata.Remove("namespace");
        }
        else if (ns.Length > 0 && ns != request.Namespace)
        {
            throw ApiErrors.BadRequest(
                "the namespace of the provided object does not match the namespace sent on the request");
        }
        else
        {
            metadata["namespace"] = request.Namespace;
        }

        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
        {
            metadata["name"] = prefix[..Math.Min(prefix.Length,
                LongestPrefix)] + RandomNumberGenerator.GetString(RandomLetters, 5);
        }

        if (string.IsNullOrEmpty(metadata.Text("name")))
        {
            throw ApiErrors.Invalid(request.Type, "",
                [FieldError.Required("metadata.name", "name or generateName is required")]);
        }

        if (!string.IsNullOrEmpty(metadata.Text("resourceVersion")))
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        foreach (var field in OwnFields.Append("resourceVersion"))
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = now;
        if (request.Type.IsCustom || WithGeneration.Contains(request.Type.Storage))
        {
            metadata["generation"] = 1;
        }
        else
        {
            metadata.Remove("generation");
        }
    }

    /// <summary>A webhook may not take an object's identity away.</summary>
    public static void KeepIdentity(JsonObject value, string ns, string now)
    {
        var metadata = value.Child("metadata");
        metadata.Default("creationTimestamp", now);
        if (ns.Length > 0 && !metadata.ContainsKey("namespace"))
        {
            metadata["namespace"] = ns;
        }
    }

    public static void KeepIdentity(JsonObject value, JsonObject before)
    {
        var metadata = value.Child("metadata");
        foreach (var field in OwnFields)
        {
            metadata.Put(field, before.At("metadata", field));
        }
    }

    public static void BeforeUpdate(ResourceType type, JsonObject before, JsonObject value)
    {
        var (metadata, old) = (value.Child("metadata"), before.Map("metadata")!);
        var name = old.Text("name")!;
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != old.Text("uid"))
        {
            throw ApiErrors.Conflict(type, name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Text("uid")}");
        }

        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != old.Text("resourceVersion"))
        {
            throw ApiErrors.Modified(type, name);
        }

        metadata.Put("resourceVersion", old["resourceVersion"]);
        metadata.Put("generation", old["generation"]);
        metadata.Put("generateName", metadata["generateName"] ?? old["generateName"]);
        KeepIdentity(value, before);
        if (old.ContainsKey("deletionTimestamp"))
        {
            var added = metadata.Texts("finalizers").Except(old.Texts("finalizers")).ToList();
            if (added.Count > 0)
            {
                throw ApiErrors.Invalid(type, name,
                [
                    FieldError.Forbidden("metadata.finalizers",
                        $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(f => $"\"{f}\""))}}}"),
                ]);
            }
        }
    }

    /// <summary>The generation counts the changes of what is wanted, not of labels and status.</summary>
    public static void Generation(ResourceType type, JsonObject before, JsonObject value)
    {
        if (before.Number("metadata", "generation") is not { } generation)
        {
            return;
        }

        var meant = value.Where(pair => pair.Key is not ("metadata" or "status" or "kind" or "apiVersion"))
            .Where(pair => !(type.IsCustom && !type.HasStatus && pair.Key == "status")).ToDictionary(pair =>
                pair.Key, pair => pair.Value);
        var was = before.Where(pair =>
            pair.Key is not ("metadata" or "status" or "kind" or "apiVersion")).ToDictionary(pair => pair.Key, pair =>
            pair.Value);
        var same = meant.Count == was.Count
            && meant.All(pair => was.TryGetValue(pair.Key, out var old) && Json.Same(pair.Value, old));
        if (same && type.IsCustom && !type.HasStatus)
        {
            same = Json.Same(value["status"], before["status"]);
        }

        value.Child("metadata")["generation"] = same ? generation : generation + 1;
    }

    /// <summary>Nothing changed but the times at which managers did nothing.</summary>
    public static bool SaysTheSame(JsonObject before, JsonObject value)
    {
        var (a, b) = (before.Copy(), value.Copy());
        foreach (var entry in a.Items("metadata", "managedFields").Concat(b.Items("metadata", "managedFields")))
        {
            entry.Remove("time");
        }

        return Json.Same(a, b);
    }

    /// <summary>It is being deleted and nobody holds it any more.</summary>
    public static bool IsFinished(ResourceType type, JsonObject value) =>
        value.At("metadata", "deletionTimestamp") is not null
        && !value.Texts("metadata", "finalizers").Any()
        && (value.Number("metadata", "deletionGracePeriodSeconds") ?? 0) == 0
        && (type.Storage != "namespaces" || !value.Texts("spec", "finalizers").Any());
}
