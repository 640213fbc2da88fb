using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.Aws.Protocols;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Eks;

/// <summary>aws_eks_addon.</summary>
internal sealed class Addon(AwsCloud cloud) : EksResource(cloud)
{
    public override string Type => "aws_eks_addon";

    public override IReadOnlyList<string> ForceNew => ["addon_name", "cluster_name"];

    public override IReadOnlyList<string> UnknownOnUpdate => ["modified_at"];

    protected override string Noun => "EKS Add-On";

    protected override IReadOnlyList<string> JsonDocuments => ["configuration_values"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "addon_name", "cluster_name", "addon_version", "configuration_values", "preserve", "resolve_conflicts_on_create",
        "resolve_conflicts_on_update", "service_account_role_arn", "pod_identity_association",
    ];

    protected override string? Label(TfObject state) => state.String("id") ?? $"{state.String("cluster_name")}:{state.String("addon_name")}";

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (cluster, name) = (change.State.Required("cluster_name"), change.State.Required("addon_name"));
        var input = WithTags(Settings(change), change);
        input["addonName"] = name;
        input["resolveConflicts"] = change.Config.String("resolve_conflicts_on_create");
        await CallAsync("CreateAddon", HttpMethod.Post, $"/clusters/{cluster}/addons", input, ct);
        change.State["id"] = $"{cluster}:{name}";
        await WaitActiveAsync(change, "create", ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var addon = await DescribeAsync(state.Required("id"), ct);
        state.Take(addon, "addon_name", "addon_version", "arn=addonArn", "cluster_name", "configuration_values");
        state["service_account_role_arn"] = addon.Text("serviceAccountRoleArn");
        (state["created_at"], state["modified_at"]) = (addon.Instant("createdAt"), addon.Instant("modifiedAt"));
        TakeTags(state, addon);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (!new[] { "addon_version", "configuration_values", "service_account_role_arn", "pod_identity_association" }.Any(change.Changed))
        {
            return;
        }

        var (cluster, name) = Parts(change.Id);
        var input = Settings(change);
        input["resolveConflicts"] = change.Config.String("resolve_conflicts_on_update");
        await CallAsync("UpdateAddon", HttpMethod.Post, $"/clusters/{cluster}/addons/{name}/update", input, ct);
        await WaitActiveAsync(change, "update", ct);
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (cluster, name) = Parts(change.Id);
        await Cloud.SendAsync(new(AwsService.Eks, "DeleteAddon", HttpMethod.Delete)
        {
            Path = AwsRequest.PathOf($"/clusters/{cluster}/addons/{name}"),
            Query = change.State.Bool("preserve") == true ? [new("preserve", "true")] : [],
        }, ct);
        await WaitAsync($"EKS Add-On ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(40)),
            async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct);
    }

    private static JsonObject Settings(ResourceChange change)
    {
        var input = change.Config.Give(Mapping.Camel, "addon_version", "configuration_values", "service_account_role_arn", "pod_identity_association=podIdentityAssociations");
        input["clientRequestToken"] = Ids.Unique();
        return input;
    }

    // An add-on that finds no nodes is degraded until they come: that is waited through, as by the real provider.
    private Task WaitActiveAsync(ResourceChange change, string operation, CancellationToken ct) => WaitAsync(
        $"EKS Add-On ({change.Id}) {operation}", "ACTIVE", change.Timeout(operation, TimeSpan.FromMinutes(20)),
        async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct, "CREATING", "UPDATING", "DEGRADED");

    private async Task<JsonNode?> DescribeAsync(string id, CancellationToken ct)
    {
        var (cluster, name) = Parts(id);
        return (await CallAsync("DescribeAddon", HttpMethod.Get, $"/clusters/{cluster}/addons/{name}", null, ct)).At("addon");
    }
}
