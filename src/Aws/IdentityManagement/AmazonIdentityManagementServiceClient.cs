using System.Xml.Linq;
using Mayfly.Aws.IdentityManagement.Model;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.IdentityManagement;

/// <summary>IAM, named and shaped as the SDK's client.</summary>
public sealed class AmazonIdentityManagementServiceClient(AwsSession session)
{
    private readonly AwsQueryClient _client = new(session, AwsService.Iam, "2010-05-08");

    public async Task<GetRoleResponse> GetRoleAsync(GetRoleRequest request, CancellationToken ct = default) =>
        new(ReadRole((await Call("GetRole", ct, ("RoleName", request.RoleName))).Element("Role")!));

    public async Task<ListRolesResponse> ListRolesAsync(ListRolesRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("ListRoles", new AwsParameters()
            .Add("PathPrefix", request.PathPrefix).Add("Marker", request.Marker).Add("MaxItems", request.MaxItems), ct);
        return new([.. result.Items("Roles").Select(ReadRole)], result.Bool("IsTruncated") ?? false, result.Text("Marker"));
    }

    public async Task<ListRoleTagsResponse> ListRoleTagsAsync(ListRoleTagsRequest request, CancellationToken ct = default) =>
        new(ReadTags(await Call("ListRoleTags", ct, ("RoleName", request.RoleName))));

    public Task DeleteRoleAsync(DeleteRoleRequest request, CancellationToken ct = default) =>
        Call("DeleteRole", ct, ("RoleName", request.RoleName));

    public async Task<ListAttachedRolePoliciesResponse> ListAttachedRolePoliciesAsync(
        ListAttachedRolePoliciesRequest request, CancellationToken ct = default) =>
        new([.. (await Call("ListAttachedRolePolicies", ct, ("RoleName", request.RoleName))).Items("AttachedPolicies")
            .Select(policy => new AttachedPolicyType(policy.Text("PolicyName")!, policy.Text("PolicyArn")!))]);

    public Task DetachRolePolicyAsync(DetachRolePolicyRequest request, CancellationToken ct = default) =>
        Call("DetachRolePolicy", ct, ("RoleName", request.RoleName), ("PolicyArn", request.PolicyArn));

    public async Task<ListRolePoliciesResponse> ListRolePoliciesAsync(ListRolePoliciesRequest request, CancellationToken ct = default) =>
        new((await Call("ListRolePolicies", ct, ("RoleName", request.RoleName))).Texts("PolicyNames"));

    public Task DeleteRolePolicyAsync(DeleteRolePolicyRequest request, CancellationToken ct = default) =>
        Call("DeleteRolePolicy", ct, ("RoleName", request.RoleName), ("PolicyName", request.PolicyName));

    public async Task<GetPolicyResponse> GetPolicyAsync(GetPolicyRequest request, CancellationToken ct = default) =>
        new(ReadPolicy((await Call("GetPolicy", ct, ("PolicyArn", request.PolicyArn))).Element("Policy")!));

    public async Task<ListPoliciesResponse> ListPoliciesAsync(ListPoliciesRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("ListPolicies", new AwsParameters()
            .Add("Scope", request.Scope).Add("Marker", request.Marker).Add("MaxItems", request.MaxItems), ct);
        return new([.. result.Items("Policies").Select(ReadPolicy)], result.Bool("IsTruncated") ?? false, result.Text("Marker"));
    }

    public async Task<ListPolicyVersionsResponse> ListPolicyVersionsAsync(ListPolicyVersionsRequest request, CancellationToken ct = default) =>
        new([.. (await Call("ListPolicyVersions", ct, ("PolicyArn", request.PolicyArn))).Items("Versions")
            .Select(version => new PolicyVersion(version.Text("VersionId")!, version.Bool("IsDefaultVersion") ?? false))]);

    public Task DeletePolicyVersionAsync(DeletePolicyVersionRequest request, CancellationToken ct = default) =>
        Call("DeletePolicyVersion", ct, ("PolicyArn", request.PolicyArn), ("VersionId", request.VersionId));

    public Task DeletePolicyAsync(DeletePolicyRequest request, CancellationToken ct = default) =>
        Call("DeletePolicy", ct, ("PolicyArn", request.PolicyArn));

    public async Task<GetInstanceProfileResponse> GetInstanceProfileAsync(GetInstanceProfileRequest request, CancellationToken ct = default) =>
        new(ReadProfile((await Call("GetInstanceProfile", ct, ("InstanceProfileName", request.InstanceProfileName))).Element("InstanceProfile")!));

    public async Task<ListInstanceProfilesForRoleResponse> ListInstanceProfilesForRoleAsync(
        ListInstanceProfilesForRoleRequest request, CancellationToken ct = default) =>
        new([.. (await Call("ListInstanceProfilesForRole", ct, ("RoleName", request.RoleName))).Items("InstanceProfiles").Select(ReadProfile)]);

    public Task RemoveRoleFromInstanceProfileAsync(RemoveRoleFromInstanceProfileRequest request, CancellationToken ct = default) =>
        Call("RemoveRoleFromInstanceProfile", ct, ("InstanceProfileName", request.InstanceProfileName), ("RoleName", request.RoleName));

    public Task DeleteInstanceProfileAsync(DeleteInstanceProfileRequest request, CancellationToken ct = default) =>
        Call("DeleteInstanceProfile", ct, ("InstanceProfileName", request.InstanceProfileName));

    public async Task<ListOpenIDConnectProvidersResponse> ListOpenIDConnectProvidersAsync(
        ListOpenIDConnectProvidersRequest request, CancellationToken ct = default) =>
        new([.. (await Call("ListOpenIDConnectProviders", ct)).Items("OpenIDConnectProviderList")
            .Select(entry => new OpenIDConnectProviderListEntry(entry.Text("Arn")!))]);

    public async Task<GetOpenIDConnectProviderResponse> GetOpenIDConnectProviderAsync(
        GetOpenIDConnectProviderRequest request, CancellationToken ct = default)
    {
        var result = await Call("GetOpenIDConnectProvider", ct, ("OpenIDConnectProviderArn", request.OpenIDConnectProviderArn));
        return new(result.Text("Url"), result.Texts("ClientIDList"), result.Texts("ThumbprintList"), ReadTags(result));
    }

    public Task DeleteOpenIDConnectProviderAsync(DeleteOpenIDConnectProviderRequest request, CancellationToken ct = default) =>
        Call("DeleteOpenIDConnectProvider", ct, ("OpenIDConnectProviderArn", request.OpenIDConnectProviderArn));

    private Task<XElement> Call(string operation, CancellationToken ct, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var parameters = new AwsParameters();
        foreach (var (name, value) in values)
        {
            parameters.Add(name, value);
        }

        return _client.CallAsync(operation, parameters, ct);
    }

    private static Role ReadRole(XElement role) => new()
    {
        RoleName = role.Text("RoleName")!,
        RoleId = role.Text("RoleId"),
        Arn = role.Text("Arn"),
        Path = role.Text("Path"),
        CreateDate = role.Time("CreateDate"),
        AssumeRolePolicyDocument = role.Text("AssumeRolePolicyDocument"),
        Tags = ReadTags(role),
    };

    private static ManagedPolicy ReadPolicy(XElement policy) => new()
    {
        PolicyName = policy.Text("PolicyName"),
        Arn = policy.Text("Arn"),
        DefaultVersionId = policy.Text("DefaultVersionId"),
        AttachmentCount = policy.Int("AttachmentCount"),
        Tags = ReadTags(policy),
    };

    private static InstanceProfile ReadProfile(XElement profile) => new()
    {
        InstanceProfileName = profile.Text("InstanceProfileName")!,
        Arn = profile.Text("Arn"),
        RoleNames = [.. profile.Items("Roles").Select(role => role.Text("RoleName")!)],
        Tags = ReadTags(profile),
    };

    private static List<Tag> ReadTags(XElement element) =>
        [.. element.Items("Tags").Select(tag => new Tag(tag.Text("Key")!, tag.Text("Value") ?? ""))];
}
