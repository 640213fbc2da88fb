using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What a new cluster has before anybody asked for anything.</summary>
internal static class Bootstrap
{
    private static readonly string[] Read = ["get", "list", "watch"];
    private static readonly string[] Write = ["create", "delete", "deletecollection", "patch", "update"];

    private static readonly (string Group, string[] Resources)[] Workloads =
    [
        ("", ["configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "pods/status",
            "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services",
            "services/status"]),
        ("apps", ["controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets",
            "replicasets/scale", "statefulsets", "statefulsets/scale"]),
        ("autoscaling", ["horizontalpodautoscalers"]),
        ("batch", ["cronjobs", "jobs"]),
        ("discovery.k8s.io", ["endpointslices"]),
        ("networking.k8s.io", ["ingresses", "networkpolicies"]),
        ("policy", ["poddisruptionbudgets"]),
    ];

    public static void Create(ClusterState state)
    {
        foreach (var name in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
        {
            Add(state, "", "v1", "Namespace", "namespaces", "", name, new JsonObject());
        }

        Add(state, "", "v1", "Service", "services", "default", "kubernetes", new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] =
                new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" }
            },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = state.Addresses.First.ToString(),
                ["ports"] = new JsonArray(new JsonObject
                {
                    ["name"] = "https",
                    ["port"] = 443,
                    ["protocol"] = "TCP",
                    ["targetPort"] = 6443
                }),
            },
        });
        foreach (var (name, value) in new[] { ("system-cluster-critical", 2_000_000_000),
            ("system-node-critical", 2_000_001_000) })
        {
            Add(state, "scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", "", name,
                new JsonObject { ["value"] = value });
        }

        Roles(state);
    }

    private static void Roles(ClusterState state)
    {
        Role(state, "cluster-admin", Rule(["*"], ["*"], ["*"]),
            new JsonObject { ["nonResourceURLs"] = Texts("*"), ["verbs"] = Texts("*") });
        Role(state, "system:discovery",
            Paths("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
            "/version", "/version/"));
        Role(state, "system:public-info-viewer", Paths("/healthz", "/livez", "/readyz", "/version", "/version/"));
        Role(state, "system:basic-user",
            Rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
            Rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]));
        Role(state, "system:service-account-issuer-discovery",
            Paths("/.well-known/openid-configuration", "/openid/v1/jwks"));
        Aggregated(state, "view", "edit",
            [.. Workloads.Select(part => Rule([part.Group], part.Resources, Read)), Rule([""], ["namespaces"], Read)]);
        Aggregated(state, "edit", "admin",
        [
            .. Workloads.Select(part => Rule([part.Group], part.Resources, Write)),
            Rule([""], ["secrets"], [.. Read, .. Write]),
            Rule([""], ["pods/eviction", "serviceaccounts/token"], ["create"]),
            Rule(["coordination.k8s.io"], ["leases"], [.. Read, .. Write]),
        ]);
        Aggregated(state, "admin", null,
        [
            Rule(["rbac.authorization.k8s.io"], ["roles", "rolebindings"], [.. Read, .. Write]),
            Rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
        ]);
        Binding(state, "cluster-admin", "cluster-admin", "system:masters");
        Binding(state, "system:discovery", "system:discovery", "system:authenticated");
        Binding(state, "system:basic-user", "system:basic-user", "system:authenticated");
        Binding(state, "system:public-info-viewer", "system:public-info-viewer", "system:authenticated",
            "system:unauthenticated");
        Binding(state, "system:service-account-issuer-discovery", "system:service-account-issuer-discovery",
            "system:serviceaccounts");
    }

    /// <summary>A role that others can add to by a label, made of its own part and of those before it.</summary>
    private static void Aggregated(ClusterState state, string name, string? into, JsonObject[] rules)
    {
        var label = "rbac.authorization.k8s.io/aggregate-to-" + name;
        var labels = new JsonObject { [label] = "true" };
        Role(state, "system:aggregate-to-" + name, labels, rules);
        var outer = into is null ? [] : new JsonObject { ["rbac.authorization.k8s.io/aggregate-to-" + into] = "true" };
        Add(state, "rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "", name, new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = outer },
            ["aggregationRule"] = new JsonObject
            {
                ["clusterRoleSelectors"] = new JsonArray([.. Lower(name).Select(level => (JsonNode)new JsonObject
                {
                    ["matchLabels"] = new JsonObject { ["rbac.authorization.k8s.io/aggregate-to-" + level] = "true" },
                })]),
            },
        });
    }

    private static string[] Lower(string name) =>
        name switch { "view" => ["view"], "edit" => ["edit", "view"], _ => ["admin", "edit", "view"] };

    private static void Role(ClusterState state, string name, params JsonObject[] rules) =>
        Role(state, name, [], rules);

    private static void Role(ClusterState state, string name, JsonObject labels, JsonObject[] rules) =>
        Add(state, "rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "", name, new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels },
            ["rules"] = new JsonArray([.. rules]),
        });

    private static void Binding(ClusterState state, string name, string role, params string[] groups) =>
        Add(state, "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", "", name,
            new JsonObject
            {
                ["roleRef"] = new JsonObject
                {
                    ["apiGroup"] = "rbac.authorization.k8s.io",
                    ["kind"] = "ClusterRole",
                    ["name"] = role
                },
                ["subjects"] = new JsonArray([.. groups.Select(group => (JsonNode)new JsonObject
            {
                ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Group", ["name"] = group,
            })]),
            });

    private static JsonObject Rule(string[] groups, string[] resources, string[] verbs) =>
        new() { ["apiGroups"] = Texts(groups), ["resources"] = Texts(resources), ["verbs"] = Texts(verbs) };

    private static JsonObject Paths(params string[] paths) =>
        new() { ["nonResourceURLs"] = Texts(paths), ["verbs"] = Texts("get") };

    private static JsonArray Texts(params string[] texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static void Add(ClusterState state, string group, string version, string kind, string plural, string ns,
        string name, JsonObject content)
    {
        var type = state.Catalog.Find(group, version, plural)!;
        var value = new JsonObject
        {
            ["kind"] = kind,
            ["apiVersion"] = type.ApiVersion,
            ["metadata"] = new JsonObject()
        };
        foreach (var (member, node) in content)
        {
            value[member] = node?.DeepClone();
        }

        value.Child("metadata")["name"] = name;
        var request = new WriteRequest(type, ns, name, "", new UserInfo("system:apiserver", ["system:masters"]),
            "kube-apiserver");
        Metadata.BeforeCreate(request, value, state.Now);
        ObjectRules.PrepareCreate(state, type, value);
        ObjectRules.Default(state, type, value, null);
        state.Store.Create(type.Storage, value);
    }
}
