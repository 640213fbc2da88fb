using Mayfly.Aws.IdentityManagement;
using Mayfly.Aws.IdentityManagement.Model;

namespace Mayfly.Engine.Teardown;

/// <summary>IAM roles, policies and OIDC providers. They cost nothing and block the next environment of the name.</summary>
public sealed class IdentityLeftovers(AmazonIdentityManagementServiceClient iam) : ILeftovers
{
    private const string RoleKind = "IAM role", PolicyKind = "IAM policy", ProviderKind = "IAM OIDC provider";

    /// <inheritdoc />
    public string Looks => "IAM roles, policies, OIDC providers";

    /// <inheritdoc />
    public async Task<IReadOnlyList<Leftover>> FindAsync(Ownership ownership, CancellationToken ct)
    {
        var found = new List<Leftover>();
        string? marker = null;
        do
        {
            var page = await iam.ListRolesAsync(new ListRolesRequest(Marker: marker), ct);
            foreach (var role in page.Roles.Where(role => !(role.Path ?? "").StartsWith("/aws-service-role/", StringComparison.Ordinal)))
            {
                // A list never carries tags. Asking for each role of a big account would take minutes, so a name has to raise the question.
                if (MayBeOurs(role.RoleName, ownership)
                    && await Gone.OrAsync(() => iam.ListRoleTagsAsync(new ListRoleTagsRequest(role.RoleName), ct)) is { } tags)
                {
                    Add(found, RoleKind, role.RoleName, tags.Tags, ownership);
                }
            }

            marker = page.IsTruncated ? page.Marker : null;
        }
        while (marker is not null);

        do
        {
            var page = await iam.ListPoliciesAsync(new ListPoliciesRequest("Local", marker), ct);
            foreach (var policy in page.Policies.Where(policy => MayBeOurs(policy.PolicyName ?? "", ownership)))
            {
                if (await Gone.OrAsync(() => iam.GetPolicyAsync(new GetPolicyRequest(policy.Arn!), ct)) is { } full)
                {
                    Add(found, PolicyKind, policy.Arn!, full.Policy.Tags, ownership);
                }
            }

            marker = page.IsTruncated ? page.Marker : null;
        }
        while (marker is not null);

        foreach (var provider in (await iam.ListOpenIDConnectProvidersAsync(new ListOpenIDConnectProvidersRequest(), ct)).OpenIDConnectProviderList)
        {
            if (await Gone.OrAsync(() => iam.GetOpenIDConnectProviderAsync(new GetOpenIDConnectProviderRequest(provider.Arn), ct)) is { } full)
            {
                Add(found, ProviderKind, provider.Arn, full.Tags, ownership);
            }
        }

        return found;
    }

    /// <inheritdoc />
    public Task RemoveAsync(Leftover leftover, CancellationToken ct) => Gone.IsFineAsync(() => leftover.Kind switch
    {
        RoleKind => RemoveRoleAsync(leftover.Id, ct),
        PolicyKind => RemovePolicyAsync(leftover.Id, ct),
        _ => iam.DeleteOpenIDConnectProviderAsync(new DeleteOpenIDConnectProviderRequest(leftover.Id), ct),
    });

    private static bool MayBeOurs(string name, Ownership ownership) =>
        name.Contains(ownership.Only ?? "pr-", StringComparison.Ordinal);

    private static void Add(List<Leftover> found, string kind, string id, IEnumerable<Tag> tags, Ownership ownership)
    {
        if (ownership.ByTags(tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))) is { } owner)
        {
            found.Add(new Leftover(kind, id, owner.Owner, owner.Why));
        }
    }

    private async Task RemoveRoleAsync(string role, CancellationToken ct)
    {
        foreach (var policy in (await iam.ListAttachedRolePoliciesAsync(new ListAttachedRolePoliciesRequest(role), ct)).AttachedPolicies)
        {
            await Gone.IsFineAsync(() => iam.DetachRolePolicyAsync(new DetachRolePolicyRequest(role, policy.PolicyArn), ct));
        }

        foreach (var name in (await iam.ListRolePoliciesAsync(new ListRolePoliciesRequest(role), ct)).PolicyNames)
        {
            await Gone.IsFineAsync(() => iam.DeleteRolePolicyAsync(new DeleteRolePolicyRequest(role, name), ct));
        }

        foreach (var profile in (await iam.ListInstanceProfilesForRoleAsync(new ListInstanceProfilesForRoleRequest(role), ct)).InstanceProfiles)
        {
            var name = profile.InstanceProfileName;
            await Gone.IsFineAsync(() => iam.RemoveRoleFromInstanceProfileAsync(new RemoveRoleFromInstanceProfileRequest(name, role), ct));
            await Gone.IsFineAsync(() => iam.DeleteInstanceProfileAsync(new DeleteInstanceProfileRequest(name), ct));
        }

        await iam.DeleteRoleAsync(new DeleteRoleRequest(role), ct);
    }

    private async Task RemovePolicyAsync(string arn, CancellationToken ct)
    {
        foreach (var version in (await iam.ListPolicyVersionsAsync(new ListPolicyVersionsRequest(arn), ct)).Versions.Where(v => !v.IsDefaultVersion))
        {
            await Gone.IsFineAsync(() => iam.DeletePolicyVersionAsync(new DeletePolicyVersionRequest(arn, version.VersionId), ct));
        }

        await iam.DeletePolicyAsync(new DeletePolicyRequest(arn), ct);
    }
}
