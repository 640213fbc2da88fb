using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Kubernetes.Access;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Kubernetes;

/// <summary><c>kubernetes_manifest</c>: any object, by server-side apply. Planning it takes a cluster that answers, as with the real one.</summary>
internal sealed class Manifest(KubernetesProvider provider) : Resource
{
    private static readonly TimeSpan DeleteWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override string Type => "kubernetes_manifest";

    /// <inheritdoc/>
    public override bool IsCreated(TfObject state) => state["object"].HasValue;

    /// <inheritdoc/>
    public override IEnumerable<Diagnostic> Validate(TfObject config)
    {
        if (config["manifest"] is TfDynamic { Value: TfObject manifest })
        {
            foreach (var name in (string[])["apiVersion", "kind", "metadata"])
            {
                if (manifest[name].IsNull)
                {
                    yield return new Diagnostic(
                        $"Missing key in manifest: {name}", $"An attribute called '{name}' is required in the manifest.", "manifest");
                }
            }
        }
    }

    /// <inheritdoc/>
    public override async Task PlanAsync(ResourcePlan plan, CancellationToken ct)
    {
        if (!plan.Planned["manifest"].IsWhollyKnown || Written(plan.Planned) is not { } manifest)
        {
            plan.Planned["object"] = TfValue.Unknown;
            return;
        }

        if (provider.IsUnknown)
        {
            throw new ProviderException("Failed to construct REST client", "cannot create REST client: no client config");
        }

        await LocateAsync(manifest, ct);
        var live = plan.Prior is null ? null : ObjectWriter.Plain(plan.Prior["object"]);
        if (live is null || !MergePatch.Contains(live, manifest) || !plan.Prior!["manifest"].Equals(plan.Planned["manifest"]))
        {
            plan.Planned["object"] = TfValue.Unknown;
        }

        if (plan.Prior is not null && Written(plan.Prior) is { } before && Identity(before) != Identity(manifest))
        {
            plan.Replace("manifest");
        }
    }

    /// <inheritdoc/>
    public override Task CreateAsync(ResourceChange change, CancellationToken ct) => ApplyAsync(change, mustBeNew: true, ct);

    /// <inheritdoc/>
    public override Task UpdateAsync(ResourceChange change, CancellationToken ct) => ApplyAsync(change, mustBeNew: false, ct);

    /// <inheritdoc/>
    public override async Task<bool> ReadAsync(TfObject state, CancellationToken ct)
    {
        if ((ObjectWriter.Plain(state["object"]) ?? Written(state)) is not JsonObject known)
        {
            return false;
        }

        var api = await provider.ApiAsync(ct);
        if (await api.GetAsync(await LocateAsync(known, ct), ct) is not { } live)
        {
            return false;
        }

        Keep(state, live);
        return true;
    }

    /// <inheritdoc/>
    public override async Task DeleteAsync(ResourceChange change, CancellationToken ct)
    {
        var api = await provider.ApiAsync(ct);
        var path = await LocateAsync((JsonObject)(ObjectWriter.Plain(change.State["object"]) ?? Written(change.State)!), ct);
        await api.DeleteAsync(path, ct);
        var deadline = TimeProvider.System.GetUtcNow() + change.Timeout("delete", DeleteWithin);
        while (await api.GetAsync(path, ct) is not null)
        {
            if (TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new ProviderException("Timed out when waiting for resource to be deleted", path);
            }

            await Task.Delay(PollEvery, TimeProvider.System, ct);
        }
    }

    /// <inheritdoc/>
    public override async Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var parts = id.Split(',').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim());
        if (!parts.TryGetValue("apiVersion", out var apiVersion) || !parts.TryGetValue("kind", out var kind) || !parts.TryGetValue("name", out var name))
        {
            throw new ProviderException(
                "Failed to parse import ID", $"{id} does not have the form apiVersion=…,kind=…,name=…[,namespace=…]");
        }

        var wanted = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name } };
        if (parts.TryGetValue("namespace", out var ns))
        {
            wanted["metadata"]!["namespace"] = ns;
        }

        var api = await provider.ApiAsync(ct);
        var live = await api.GetAsync(await LocateAsync(wanted, ct), ct)
            ?? throw new ProviderException("Failed to get namespaced resource from API", $"{kind} \"{name}\" not found");
        var state = new TfObject();
        Keep(state, live);
        state["manifest"] = state["object"];
        return state;
    }

    private async Task ApplyAsync(ResourceChange change, bool mustBeNew, CancellationToken ct)
    {
        var manifest = Written(change.State) ?? throw new ProviderException("Manifest is not an object", attribute: "manifest");
        var api = await provider.ApiAsync(ct);
        var path = await LocateAsync(manifest, ct);
        if (mustBeNew && await api.GetAsync(path, ct) is not null)
        {
            throw new ProviderException(
                "Cannot create resource that already exists", $"resource \"{path}\" already exists");
        }

        var manager = change.State.Block("field_manager");
        var query = $"?fieldManager={Uri.EscapeDataString(manager?.String("name") ?? "Terraform")}&force={(manager?.Bool("force_conflicts") == true ? "true" : "false")}";
        Keep(change.State, await api.PatchAsync(path + query, manifest, KubernetesApi.ApplyPatch, ct));
    }

    private Task<string> LocateAsync(JsonObject manifest, CancellationToken ct) => Discovery.LocateAsync(provider, manifest, ct);

    // The managers of fields are bookkeeping that changes with every write.
    private static void Keep(TfObject state, JsonObject live)
    {
        (live["metadata"] as JsonObject)?.Remove("managedFields");
        var value = TfJson.Plain(System.Text.Json.JsonSerializer.SerializeToElement(live, TypeJson.Default.JsonNode));
        state["object"] = new TfDynamic(TfTypes.Of(value), value);
    }

    private static JsonObject? Written(TfObject state) => ObjectWriter.Plain(state["manifest"]) as JsonObject;

    private static (string?, string?, string?, string?) Identity(JsonObject manifest) => (
        manifest["apiVersion"]?.ToString(), manifest["kind"]?.ToString(),
        manifest["metadata"]?["namespace"]?.ToString(), manifest["metadata"]?["name"]?.ToString());
}
