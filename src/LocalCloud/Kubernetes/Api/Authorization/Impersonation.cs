using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Lets one user act as another: <c>kubectl --as</c>.</summary>
internal static class Impersonation
{
    public static UserInfo Apply(ClusterState state, HttpContext http, UserInfo user)
    {
        var name = http.Request.Headers["Impersonate-User"].ToString();
        if (name.Length == 0)
        {
            return user;
        }

        var groups = http.Request.Headers["Impersonate-Group"].OfType<string>().ToList();
        state.Rbac.DemandImpersonation(user, "users", name);
        foreach (var group in groups)
        {
            state.Rbac.DemandImpersonation(user, "groups", group);
        }

        if (name.StartsWith(ServiceAccountTokens.UserPrefix, StringComparison.Ordinal) && groups.Count == 0)
        {
            groups = [.. ServiceAccountTokens.GroupsOf(name)];
        }

        return new UserInfo(name, [.. groups.Append("system:authenticated").Distinct()]);
    }
}
