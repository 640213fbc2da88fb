using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Helm;

/// <summary><c>helm_release</c>: one release of a chart.</summary>
internal sealed class HelmRelease(HelmProvider provider) : Resource
{
    private const string Deployed = "deployed";

    /// <inheritdoc/>
    public override string Type => "helm_release";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ForceNew { get; } = ["name", "namespace"];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["atomic"] = false,
        ["cleanup_on_fail"] = false,
        ["create_namespace"] = false,
        ["dependency_update"] = false,
        ["disable_crd_hooks"] = false,
        ["disable_openapi_validation"] = false,
        ["disable_webhooks"] = false,
        ["force_update"] = false,
        ["lint"] = false,
        ["max_history"] = 0,
        ["namespace"] = Environment.GetEnvironmentVariable("HELM_NAMESPACE") is { Length: > 0 } ns ? ns : "default",
        ["pass_credentials"] = false,
        ["recreate_pods"] = false,
        ["render_subchart_notes"] = true,
        ["replace"] = false,
        ["reset_values"] = false,
        ["reuse_values"] = false,
        ["set.type"] = "",
        ["skip_crds"] = false,
        ["take_ownership"] = false,
        ["timeout"] = 300,
        ["upgrade_install"] = false,
        ["verify"] = false,
        ["wait"] = true,
        ["wait_for_jobs"] = false,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> UnknownOnUpdate { get; } = ["metadata"];

    /// <inheritdoc/>
    public override void Plan(ResourcePlan plan)
    {
        // A release that failed is brought to "deployed" by an upgrade. Manifests are not kept in the state.
        plan.Planned["status"] = Deployed;
        plan.Planned["manifest"] = TfValue.Null;
        plan.Planned["resources"] = TfValue.Null;
        if (plan.Prior is not { } prior)
        {
            return;
        }

        if (plan.Planned["values"].IsWhollyKnown && ValuesDocuments.SaySame(prior.Strings("values"), plan.Planned.Strings("values")))
        {
            plan.Planned["values"] = prior["values"];
        }

        if (plan.Config["version"].IsNull)
        {
            plan.Planned["version"] = LocalCharts.VersionOf(plan.Planned.String("chart")) is { } local ? local : prior["version"];
        }
    }

    /// <inheritdoc/>
    public override async Task CreateAsync(ResourceChange change, CancellationToken ct)
    {
        var (ns, name) = (change.State.Required("namespace"), change.State.Required("name"));
        var before = await provider.LatestAsync(ns, name, ct);
        var isUpgrade = change.State.Bool("upgrade_install") == true;
        if (await RunAsync(isUpgrade ? ["upgrade", "--install"] : ["install"], isUpgrade, change, ct) is { } refused)
        {
            // What failed half way is a release all the same, and belongs in the state; another's of that name does not.
            var after = await provider.LatestAsync(ns, name, CancellationToken.None);
            if (after is not null && after.Revision > (before?.Revision ?? 0))
            {
                change.State["id"] = name;
                Keep(after, change.State);
                throw Failed("Helm release error", refused);
            }

            throw Failed("installation failed", refused);
        }

        change.State["id"] = name;
    }

    /// <inheritdoc/>
    public override async Task<bool> ReadAsync(TfObject state, CancellationToken ct)
    {
        var name = state.String("name") ?? state.Required("id");
        if (await provider.LatestAsync(state.String("namespace") ?? "default", name, ct) is not { } release
            || release.Status is "uninstalled" or "superseded")
        {
            return false;
        }

        // Values that somebody else gave it are drift: the state says what is there, the next plan puts it right.
        var recorded = state.Block("metadata")?.String("values");
        if (recorded is not null && !JsonNode.DeepEquals(JsonNode.Parse(recorded), JsonNode.Parse(HelmValues.Cloaked(release.Values, state))))
        {
            state["values"] = TfValue.Strings([HelmValues.Cloaked(release.Values, state)]);
        }

        Keep(release, state);
        return true;
    }

    /// <inheritdoc/>
    public override async Task UpdateAsync(ResourceChange change, CancellationToken ct)
    {
        if (await RunAsync(["upgrade"], isUpgrade: true, change, ct) is { } refused)
        {
            throw Failed("Error upgrading chart", refused);
        }
    }

    /// <inheritdoc/>
    public override async Task DeleteAsync(ResourceChange change, CancellationToken ct)
    {
        var (ns, name) = (change.State.Required("namespace"), change.State.Required("name"));
        using var workspace = new HelmWorkspace();
        var arguments = new List<string>
        {
            "uninstall", name, "--namespace", ns, "--kubeconfig", workspace.WriteKubeconfig(await provider.AccessAsync(ct), ns),
            "--timeout", $"{change.State.Int("timeout") ?? 300}s",
        };
        if (change.State.Bool("wait") != false)
        {
            arguments.Add("--wait");
        }

        if (change.State.Bool("disable_webhooks") == true)
        {
            arguments.Add("--no-hooks");
        }

        if (await HelmTool.RunAsync(arguments, Variables(), null, ct) is { } refused
            && !refused.Contains("release: not found", StringComparison.Ordinal)
            && !refused.Contains("Release not loaded", StringComparison.Ordinal))
        {
            throw Failed("Error uninstalling release", $"Unable to uninstall Helm release {name}: {refused}");
        }
    }

    /// <inheritdoc/>
    public override async Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        if (id.Split('/') is not [{ Length: > 0 } ns, { Length: > 0 } name])
        {
            throw new ProviderException(
                "Unable to parse identifier", $"Unable to parse identifier {id}: it does not have the form namespace/name");
        }

        var release = await provider.LatestAsync(ns, name, ct)
            ?? throw new ProviderException("Error getting release", $"Unable to get Helm release {name}: release: not found");
        var state = new TfObject(Defaults.Where(entry => !entry.Key.Contains('.', StringComparison.Ordinal)))
        {
            ["id"] = name,
            ["name"] = name,
            ["namespace"] = ns,
            ["chart"] = release.Chart,
        };
        if (release.Values.Count > 0)
        {
            state["values"] = TfValue.Strings([release.Values.ToJsonString()]);
        }

        Keep(release, state);
        return state;
    }

    private async Task<string?> RunAsync(string[] command, bool isUpgrade, ResourceChange change, CancellationToken ct)
    {
        var release = change.State;
        var (ns, name) = (release.Required("namespace"), release.Required("name"));
        using var workspace = new HelmWorkspace();
        var kubeconfig = workspace.WriteKubeconfig(await provider.AccessAsync(ct), ns);
        var source = await ChartSource.PrepareAsync(provider.Config, release, workspace, ct);
        if (release.Bool("lint") == true && HelmArguments.IsLocal(source.Chart)
            && await HelmTool.RunAsync(["lint", source.Chart], Variables(), null, ct) is { } lint)
        {
            return lint;
        }

        var major = HelmArguments.DependOnMajor(release) ? await HelmTool.MajorAsync(ct) : 3;
        return await HelmTool.RunAsync(
            [
                .. command, name, source.Chart, "--namespace", ns, "--kubeconfig", kubeconfig, .. source.Arguments,
                .. HelmArguments.Of(release, isUpgrade, major), .. HelmValues.Arguments(release, change.Config, workspace),
            ],
            Variables(),
            null,
            ct);
    }

    private Dictionary<string, string?> Variables() => new() { ["HELM_DRIVER"] = provider.Driver };

    private static void Keep(ReleaseRecord release, TfObject state)
    {
        state["status"] = release.Status;
        state["version"] = release.ChartVersion;
        state["description"] = state["description"].HasValue ? release.Description : state["description"];
        state["metadata"] = new TfObject
        {
            ["app_version"] = release.AppVersion,
            ["chart"] = release.Chart,
            ["first_deployed"] = release.FirstDeployed.ToUnixTimeSeconds(),
            ["last_deployed"] = release.LastDeployed.ToUnixTimeSeconds(),
            ["name"] = state["name"],
            ["namespace"] = state["namespace"],
            ["notes"] = release.Notes,
            ["revision"] = release.Revision,
            ["values"] = HelmValues.Cloaked(release.Values, state),
            ["version"] = release.ChartVersion,
        };
    }

    private static ProviderException Failed(string what, string why) =>
        why.StartsWith("Kubernetes cluster unreachable", StringComparison.Ordinal) ? new(why) : new(what, why);
}
