using k8s.Models;
using Mayfly.LocalCloud.Kubernetes;
using Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>
/// EKS's access policies as roles of Kubernetes. EKS judges them in an authorizer of its own that shows no objects; here they are
/// bindings to groups, which every API server understands.
/// </summary>
internal static class AccessPolicies
{
    private const string GroupPrefix = "eks:access-policy:";

    // The policy's name to the role that Kubernetes has for it.
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["AmazonEKSClusterAdminPolicy"] = "cluster-admin",
        ["AmazonEKSAdminPolicy"] = "admin",
        ["AmazonEKSEditPolicy"] = "edit",
        ["AmazonEKSViewPolicy"] = "view",
        ["AmazonEKSAdminViewPolicy"] = "view",
    };

    /// <summary>Binds the policies that hold for a whole cluster.</summary>
    public static async Task BindAsync(ClusterConnection admin, CancellationToken ct)
    {
        using var api = new ClusterApi(admin, "eks");
        foreach (var role in Roles.Values.Distinct())
        {
            await IfNewAsync(() => api.CreateAsync(
                new V1ClusterRoleBinding
                {
                    Metadata = new V1ObjectMeta { Name = GroupPrefix + role },
                    RoleRef = RoleRef(role),
                    Subjects = [Group(GroupPrefix + role)],
                }, ct));
        }
    }

    /// <summary>The groups that stand for a policy, bound where it is limited to namespaces.</summary>
    public static async Task<IReadOnlyList<string>> GroupsAsync(ClusterApi? admin, string policyArn, IReadOnlyList<string> namespaces, CancellationToken ct)
    {
        if (!Roles.TryGetValue(policyArn[(policyArn.LastIndexOf('/') + 1)..], out var role))
        {
            return [];
        }

        if (namespaces.Count == 0)
        {
            return [role == "cluster-admin" ? "system:masters" : GroupPrefix + role];
        }

        List<string> groups = [];
        foreach (var space in namespaces)
        {
            var group = $"{GroupPrefix}{role}:{space}";
            groups.Add(group);
            if (admin is not null && await admin.FindAsync<V1Namespace>(null, space, ct) is not null)
            {
                await IfNewAsync(() => admin.CreateAsync(
                    new V1RoleBinding
                    {
                        Metadata = new V1ObjectMeta { Name = GroupPrefix + role, NamespaceProperty = space },
                        RoleRef = RoleRef(role),
                        Subjects = [Group(group)],
                    }, ct));
            }
        }

        return groups;
    }

    private static V1RoleRef RoleRef(string role) => new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = role };

    private static Rbacv1Subject Group(string name) => new() { Kind = "Group", Name = name, ApiGroup = "rbac.authorization.k8s.io" };

    private static async Task IfNewAsync(Func<Task> create)
    {
        try
        {
            await create();
        }
        catch (ClusterApiException failure) when (failure.IsAlreadyExists)
        {
            // It was bound before.
        }
    }
}
