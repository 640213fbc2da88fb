using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Eks;

/// <summary>aws_eks_access_entry.</summary>
internal sealed class AccessEntry(AwsCloud cloud) : EksResource(cloud)
{
    public override string Type => "aws_eks_access_entry";

    public override IReadOnlyList<string> ForceNew => ["cluster_name", "principal_arn", "type"];

    public override IReadOnlyList<string> UnknownOnUpdate => ["modified_at"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["type"] = "STANDARD" };

    protected override string Noun => "EKS Access Entry";

    protected override IReadOnlyList<string> Honoured => [.. ForceNew, "kubernetes_groups", "user_name"];

    protected override string? Label(TfObject state) => state.String("id") ?? $"{state.String("cluster_name")}:{state.String("principal_arn")}";

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var cluster = change.State.Required("cluster_name");
        var input = WithTags(change.State.Give(Mapping.Camel, "principal_arn", "type", "kubernetes_groups", "user_name=username"), change);
        input["clientRequestToken"] = Ids.Unique();
        await CallAsync("CreateAccessEntry", HttpMethod.Post, $"/clusters/{cluster}/access-entries", input, ct);
        change.State["id"] = $"{cluster}:{change.State.Required("principal_arn")}";
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var (cluster, principal) = Parts(state.Required("id"));
        var entry = (await CallAsync("DescribeAccessEntry", HttpMethod.Get, $"/clusters/{cluster}/access-entries/{principal}", null, ct)).At("accessEntry");
        state.Take(entry, "access_entry_arn", "cluster_name", "principal_arn", "type", "user_name=username");
        state["kubernetes_groups"] = TfValue.Strings(entry.Texts("kubernetesGroups"));
        (state["created_at"], state["modified_at"]) = (entry.Instant("createdAt"), entry.Instant("modifiedAt"));
        TakeTags(state, entry);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("kubernetes_groups") || change.Changed("user_name"))
        {
            var (cluster, principal) = Parts(change.Id);
            var input = change.State.Give(Mapping.Camel, "user_name=username");
            input["kubernetesGroups"] = new JsonArray([.. change.State.Strings("kubernetes_groups").Select(group => (JsonNode)group)]);
            await CallAsync("UpdateAccessEntry", HttpMethod.Post, $"/clusters/{cluster}/access-entries/{principal}", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (cluster, principal) = Parts(change.Id);
        return CallAsync("DeleteAccessEntry", HttpMethod.Delete, $"/clusters/{cluster}/access-entries/{principal}", null, ct);
    }

    protected override string ArnOf(TfObject state) => state.Required("access_entry_arn");
}

/// <summary>aws_eks_access_policy_association.</summary>
internal sealed class AccessPolicyAssociation(AwsCloud cloud) : EksResource(cloud)
{
    public override string Type => "aws_eks_access_policy_association";

    public override IReadOnlyList<string> ForceNew => ["access_scope", "cluster_name", "policy_arn", "principal_arn"];

    protected override string Noun => "EKS Access Policy Association";

    protected override IReadOnlyList<string> Honoured => ForceNew;

    protected override string? Label(TfObject state) => state.String("id") ?? IdOf(state);

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var input = state.Give(Mapping.Camel, "policy_arn");
        input["accessScope"] = state.Block("access_scope")?.Give(Mapping.Camel, "type", "namespaces");
        await CallAsync("AssociateAccessPolicy", HttpMethod.Post,
            $"/clusters/{state.Required("cluster_name")}/access-entries/{state.Required("principal_arn")}/access-policies", input, ct);
        state["id"] = IdOf(state);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var (cluster, principal, policy) = Three(state.Required("id"));
        var answer = await CallAsync("ListAssociatedAccessPolicies", HttpMethod.Get, $"/clusters/{cluster}/access-entries/{principal}/access-policies", null, ct);
        if (answer.Items("associatedAccessPolicies").FirstOrDefault(each => each.Text("policyArn") == policy) is not { } association)
        {
            return false;
        }

        (state["cluster_name"], state["principal_arn"], state["policy_arn"]) = (cluster, principal, policy);
        state["access_scope"] = TfValue.Blocks(new TfObject().Take(association.At("accessScope"), "type", "namespaces"));
        (state["associated_at"], state["modified_at"]) = (association.Instant("associatedAt"), association.Instant("modifiedAt"));
        return true;
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (cluster, principal, policy) = Three(change.Id);
        return CallAsync("DisassociateAccessPolicy", HttpMethod.Delete, $"/clusters/{cluster}/access-entries/{principal}/access-policies/{policy}", null, ct);
    }

    private static string IdOf(TfObject state) => $"{state.String("cluster_name")}#{state.String("principal_arn")}#{state.String("policy_arn")}";

    private static (string Cluster, string Principal, string Policy) Three(string id) =>
        id.Split('#') is [{ Length: > 0 } cluster, { Length: > 0 } principal, { Length: > 0 } policy]
            ? (cluster, principal, policy)
            : throw new ProviderException($"unexpected format for ID ({id}), expected cluster-name#principal-arn#policy-arn");
}

/// <summary>aws_eks_pod_identity_association.</summary>
internal sealed class PodIdentityAssociation(AwsCloud cloud) : EksResource(cloud)
{
    public override string Type => "aws_eks_pod_identity_association";

    public override IReadOnlyList<string> ForceNew => ["cluster_name", "namespace", "service_account"];

    protected override string Noun => "EKS Pod Identity Association";

    protected override IReadOnlyList<string> Honoured => [.. ForceNew, "role_arn", "disable_session_tags", "target_role_arn"];

    protected override char Separator => ',';

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = WithTags(change.State.Give(Mapping.Camel, "namespace", "service_account", "role_arn", "disable_session_tags", "target_role_arn"), change);
        input["clientRequestToken"] = Ids.Unique();
        var answer = await CallAsync("CreatePodIdentityAssociation", HttpMethod.Post,
            $"/clusters/{change.State.Required("cluster_name")}/pod-identity-associations", input, ct);
        change.State["id"] = change.State["association_id"] = answer.Must("association.associationId");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var association = (await CallAsync("DescribePodIdentityAssociation", HttpMethod.Get,
            $"/clusters/{state.Required("cluster_name")}/pod-identity-associations/{state.Required("association_id")}", null, ct)).At("association");
        state.Take(association, "association_arn", "association_id", "namespace", "service_account", "role_arn", "disable_session_tags", "external_id", "target_role_arn");
        state["id"] = state["association_id"];
        TakeTags(state, association);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("role_arn") || change.Changed("disable_session_tags") || change.Changed("target_role_arn"))
        {
            await CallAsync("UpdatePodIdentityAssociation", HttpMethod.Post,
                $"/clusters/{change.State.Required("cluster_name")}/pod-identity-associations/{change.State.Required("association_id")}",
                change.State.Give(Mapping.Camel, "role_arn", "disable_session_tags", "target_role_arn"), ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeletePodIdentityAssociation", HttpMethod.Delete,
        $"/clusters/{change.State.Required("cluster_name")}/pod-identity-associations/{change.State.Required("association_id")}", null, ct);

    protected override string ArnOf(TfObject state) => state.Required("association_arn");

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var (cluster, association) = Parts(id);
        return Task.FromResult(new TfObject { ["cluster_name"] = cluster, ["association_id"] = association, ["id"] = association });
    }
}
