using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What somebody wants to do, in RBAC's terms.</summary>
internal sealed record AccessQuestion(string Verb, string Group, string Resource, string Subresource, string Namespace,
    string Name)
{
    public string Path { get; init; } = "";

    public string Full => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}

/// <summary>Decides by the roles and bindings in the store; members of <c>system:masters</c> may do everything.</summary>
internal sealed class RbacAuthorizer(ClusterState state)
{
    private const string Api = "rbac.authorization.k8s.io/";

    public void Demand(ApiRequest request)
    {
        var question = new AccessQuestion(request.Verb, request.Group, request.Plural, request.Subresource,
            request.Namespace, request.Name);
        if (!Allows(request.User, question))
        {
            throw Refusal(request.User, question);
        }
    }

    public void DemandPath(UserInfo user, string path, string verb)
    {
        if (!Allows(user, new AccessQuestion(verb, "", "", "", "", "") { Path = path }))
        {
            throw ApiErrors.ForbiddenPath($"User \"{user.Name}\" cannot {verb} path \"{path}\"");
        }
    }

    public void DemandImpersonation(UserInfo user, string resource, string name)
    {
        var question = new AccessQuestion("impersonate", "", resource, "", "", name);
        if (!Allows(user, question))
        {
            throw Refusal(user, question);
        }
    }

    public bool Allows(UserInfo user, AccessQuestion question)
    {
        if (user.Groups.Contains("system:masters"))
        {
            return true;
        }

        return RulesFor(user, question.Namespace).Any(rule => Covers(rule, question));
    }

    /// <summary>All rules that hold for a user in a namespace.</summary>
    public IEnumerable<JsonObject> RulesFor(UserInfo user, string ns)
    {
        foreach (var binding in state.Store.All(Api + "clusterrolebindings"))
        {
            if (binding.Value.Items("subjects").Any(subject => Is(subject, user, "")))
            {
                foreach (var rule in Rules(binding.Value.Map("roleRef"), ""))
                {
                    yield return rule;
                }
            }
        }

        foreach (var binding in ns.Length == 0 ? [] : state.Store.All(Api + "rolebindings", ns))
        {
            if (binding.Value.Items("subjects").Any(subject => Is(subject, user, ns)))
            {
                foreach (var rule in Rules(binding.Value.Map("roleRef"), ns))
                {
                    yield return rule;
                }
            }
        }
    }

    private IEnumerable<JsonObject> Rules(JsonObject? reference, string ns)
    {
        var name = reference.Text("name") ?? "";
        var role = reference.Text("kind") == "Role"
            ? state.Store.Get(Api + "roles", ns, name)
            : state.Store.Get(Api + "clusterroles", "", name);
        if (role is null)
        {
            return [];
        }

        // The controller that writes aggregated rules into the role is read as it would write.
        var selectors = role.Value.Items("aggregationRule", "clusterRoleSelectors").ToList();
        return role.Value.Items("rules").Concat(selectors.Count == 0
            ? []
            : state.Store.All(Api + "clusterroles").Where(other =>
                selectors.Exists(selector => LabelSelector.Matches(selector, other.Value.Map("metadata", "labels"))))
                .SelectMany(other => other.Value.Items("rules")));
    }

    private static bool Is(JsonObject subject, UserInfo user, string ns) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name")),
        "ServiceAccount" =>
            user.Name == $"{ServiceAccountTokens.UserPrefix}{subject.Text("namespace") ?? ns}:{subject.Text("name")}",
        _ => false,
    };

    private static bool Covers(JsonObject rule, AccessQuestion question)
    {
        if (!rule.Texts("verbs").Any(verb => verb == "*" || verb == question.Verb))
        {
            return false;
        }

        if (question.Path.Length > 0)
        {
            return rule.Texts("nonResourceURLs").Any(url => url == "*" || url == question.Path
                || url.EndsWith('*') && question.Path.StartsWith(url[..^1], StringComparison.Ordinal));
        }

        var names = rule.Texts("resourceNames").ToList();
        return rule.Texts("apiGroups").Any(group => group == "*" || group == question.Group)
            && rule.Texts("resources").Any(resource => resource == "*" || resource == question.Full
                || question.Subresource.Length > 0 && resource == "*/" + question.Subresource)
            && (names.Count == 0 || names.Contains(question.Name));
    }

    private static ApiException Refusal(UserInfo user, AccessQuestion question) => ApiErrors.Forbidden(
        question.Group, question.Resource, question.Name,
        $"User \"{user.Name}\" cannot {question.Verb} resource \"{question.Full}\" in API group \"{question.Group}\" "
        + (question.Namespace.Length == 0
            ? "at the cluster scope" : $"in the namespace \"{question.Namespace}\""));
}
