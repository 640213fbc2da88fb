namespace Mayfly.Aws.IdentityManagement.Model;

public sealed record Tag(string Key, string Value);

public sealed record Role
{
    public required string RoleName { get; init; }
    public string? RoleId { get; init; }
    public string? Arn { get; init; }
    public string? Path { get; init; }
    public DateTime? CreateDate { get; init; }

    /// <summary>The trust policy, escaped as in a URL, as AWS gives it.</summary>
    public string? AssumeRolePolicyDocument { get; init; }
    public List<Tag> Tags { get; init; } = [];
}

public sealed record ManagedPolicy
{
    public string? PolicyName { get; init; }
    public string? Arn { get; init; }
    public string? DefaultVersionId { get; init; }
    public int? AttachmentCount { get; init; }
    public List<Tag> Tags { get; init; } = [];
}

public sealed record AttachedPolicyType(string PolicyName, string PolicyArn);

public sealed record PolicyVersion(string VersionId, bool IsDefaultVersion);

public sealed record InstanceProfile
{
    public required string InstanceProfileName { get; init; }
    public string? Arn { get; init; }
    public List<string> RoleNames { get; init; } = [];
    public List<Tag> Tags { get; init; } = [];
}

public sealed record OpenIDConnectProviderListEntry(string Arn);

public sealed record GetRoleRequest(string RoleName);
public sealed record GetRoleResponse(Role Role);
public sealed record ListRolesRequest(string? PathPrefix = null, string? Marker = null, int? MaxItems = null);
public sealed record ListRolesResponse(List<Role> Roles, bool IsTruncated, string? Marker);
public sealed record ListRoleTagsRequest(string RoleName);
public sealed record ListRoleTagsResponse(List<Tag> Tags);
public sealed record DeleteRoleRequest(string RoleName);
public sealed record ListAttachedRolePoliciesRequest(string RoleName);
public sealed record ListAttachedRolePoliciesResponse(List<AttachedPolicyType> AttachedPolicies);
public sealed record DetachRolePolicyRequest(string RoleName, string PolicyArn);
public sealed record ListRolePoliciesRequest(string RoleName);
public sealed record ListRolePoliciesResponse(List<string> PolicyNames);
public sealed record DeleteRolePolicyRequest(string RoleName, string PolicyName);
public sealed record GetPolicyRequest(string PolicyArn);
public sealed record GetPolicyResponse(ManagedPolicy Policy);
public sealed record ListPoliciesRequest(string? Scope = null, string? Marker = null, int? MaxItems = null);
public sealed record ListPoliciesResponse(List<ManagedPolicy> Policies, bool IsTruncated, string? Marker);
public sealed record ListPolicyVersionsRequest(string PolicyArn);
public sealed record ListPolicyVersionsResponse(List<PolicyVersion> Versions);
public sealed record DeletePolicyVersionRequest(string PolicyArn, string VersionId);
public sealed record DeletePolicyRequest(string PolicyArn);
public sealed record GetInstanceProfileRequest(string InstanceProfileName);
public sealed record GetInstanceProfileResponse(InstanceProfile InstanceProfile);
public sealed record ListInstanceProfilesForRoleRequest(string RoleName);
public sealed record ListInstanceProfilesForRoleResponse(List<InstanceProfile> InstanceProfiles);
public sealed record RemoveRoleFromInstanceProfileRequest(string InstanceProfileName, string RoleName);
public sealed record DeleteInstanceProfileRequest(string InstanceProfileName);
public sealed record ListOpenIDConnectProvidersRequest;
public sealed record ListOpenIDConnectProvidersResponse(List<OpenIDConnectProviderListEntry> OpenIDConnectProviderList);
public sealed record GetOpenIDConnectProviderRequest(string OpenIDConnectProviderArn);
public sealed record GetOpenIDConnectProviderResponse(string? Url, List<string> ClientIDList, List<string> ThumbprintList, List<Tag> Tags);
public sealed record DeleteOpenIDConnectProviderRequest(string OpenIDConnectProviderArn);
