using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Makes types of custom resource definitions, and ends their objects when a definition goes.</summary>
internal sealed class CustomResources(ClusterState state)
{
    public const string Storage = "apiextensions.k8s.io/customresourcedefinitions";
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    private readonly Lock _serving = new();

    /// <summary>The name of the version that the store keeps.</summary>
    public static string? StorageVersion(JsonObject definition) =>
        definition.Items("spec", "versions").FirstOrDefault(version => version.Flag("storage") is true).Text("name");

    /// <summary>Accepts a definition's names and says so; the real server takes a few milliseconds for it.</summary>
    public static void Establish(JsonObject definition, string now)
    {
        var status = definition.Child("status");
        status.Put("acceptedNames", definition.At("spec", "names"));
        var stored = status.Texts("storedVersions").ToList();
        if (StorageVersion(definition) is { } version && !stored.Contains(version))
        {
            stored.Add(version);
        }

        status["storedVersions"] = new JsonArray([.. stored.Select(name => (JsonNode)name)]);
        if (status["conditions"] is not JsonArray)
        {
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
        }
    }

    /// <summary>Marks a definition as going: its objects go first.</summary>
    public static void MarkTerminating(JsonObject definition, string now)
    {
        var metadata = definition.Child("metadata");
        if (!metadata.Texts("finalizers").Contains(CleanupFinalizer))
        {
            metadata["finalizers"] =
                new JsonArray([.. metadata.Texts("finalizers").Append(CleanupFinalizer).Select(name =>
                (JsonNode)name)]);
        }

        if (definition.Items("status", "conditions").All(condition => condition.Text("type") != "Terminating"))
        {
            definition.Child("status").Default("conditions", new JsonArray());
            ((JsonArray)definition["status"]!["conditions"]!).Add(Condition("Terminating", "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", now));
        }
    }

    /// <summary>Follows what the store took: a definition's types are served at once.</summary>
    public void Changed(ResourceType type, StoredObject stored)
    {
        if (type.Storage == Storage)
        {
            if (Metadata.IsFinished(type, stored.Value))
            {
                Deleted(type, stored);
            }
            else
            {
                Serve(stored.Name);
            }
        }
        else if (type.IsCustom && Metadata.IsFinished(type, stored.Value))
        {
            Deleted(type, stored);
        }
    }

    /// <summary>Follows what the store lost.</summary>
    public void Deleted(ResourceType type, StoredObject gone)
    {
        if (type.Storage == Storage)
        {
            Withdraw(gone);
        }
        else if (type.IsCustom
            && state.Store.Get(Storage, "", type.Definition.Text("metadata", "name")!) is { } definition
            && definition.Value.At("metadata", "deletionTimestamp") is not null)
        {
            Release(definition);
        }
    }

    /// <summary>Ends all objects of a definition that is going, then the definition.</summary>
    public async Task TerminateAsync(string name, UserInfo user, CancellationToken ct)
    {
        if (state.Store.Get(Storage, "", name) is not { } definition || Types(definition.Value) is not [var type, ..])
        {
            return;
        }

        var deleter = new ObjectDeleter(state);
        foreach (var item in state.Store.All(type.Storage).ToList())
        {
            try
            {
                await deleter.DeleteAsync(new WriteRequest(type, item.Namespace, item.Name, "", user,
                    "kube-apiserver"), [], ct);
            }
            catch (ApiException error) when (error.Code == 404)
            {
                // Gone already.
            }
        }

        if (state.Store.Get(Storage, "", name) is { } latest)
        {
            Release(latest);
        }
    }

    private void Release(StoredObject definition)
    {
        var storage = $"{definition.Value.Text("spec", "group")}/{definition.Value.Text("spec", "names", "plural")}";
        if (state.Store.All(storage).Any())
        {
            return;
        }

        var value = definition.Value.Copy();
        var rest = value.Texts("metadata", "finalizers").Where(finalizer => finalizer != CleanupFinalizer).ToList();
        if (rest.Count == 0)
        {
            value.Child("metadata").Remove("finalizers");
            if (state.Store.Delete(Storage, definition, value) is { } gone)
            {
                Withdraw(gone);
            }
        }
        else
        {
            value.Child("metadata")["finalizers"] = new JsonArray([.. rest.Select(name => (JsonNode)name)]);
            state.Store.Replace(Storage, definition, value);
        }
    }

    // Two changes of one definition may come here in another order than the store had them: its latest state counts.
    private void Serve(string name)
    {
        lock (_serving)
        {
            if (state.Store.Get(Storage, "", name) is { } latest)
            {
                state.Catalog.Replace(name, Types(latest.Value));
            }
        }
    }

    private void Withdraw(StoredObject definition)
    {
        state.Catalog.Replace(definition.Name, []);
        state.Store.EndWatches(
            $"{definition.Value.Text("spec", "group")}/{definition.Value.Text("spec", "names", "plural")}");
    }

    private static List<ResourceType> Types(JsonObject definition)
    {
        var (spec, names) = (definition.Map("spec")!, definition.Map("status", "acceptedNames"));
        if (names is null)
        {
            return [];
        }

        var (group, plural) = (spec.Text("group")!, names.Text("plural")!);
        return
        [
            .. spec.Items("versions").Where(version => version.Flag("served") is true).Select(version =>
                new ResourceType
            {
                Group = group,
                Version = version.Text("name")!,
                Kind = names.Text("kind")!,
                Plural = plural,
                Singular = names.Text("singular") ?? "",
                Namespaced = spec.Text("scope") == "Namespaced",
                ShortNames = [.. names.Texts("shortNames")],
                Categories = [.. names.Texts("categories")],
                Schema = CustomResourceSchema.Root(version),
                HasStatus = version.At("subresources", "status") is not null,
                Scale = Scale(version.Map("subresources", "scale")),
                Storage = $"{group}/{plural}",
                Columns = Tables.Custom(version),
                Definition = definition,
            }),
        ];
    }

    private static ScalePaths? Scale(JsonObject? scale) => scale is null ? null : new ScalePaths(
        Path(scale.Text("specReplicasPath"))!, Path(scale.Text("statusReplicasPath"))!,
            Path(scale.Text("labelSelectorPath")));

    private static string[]? Path(string? path) => path?.TrimStart('.').Split('.');

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
