using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Access entries and the policies associated with them.</summary>
internal sealed class EksAccess(EksState state)
{
    public const string AdminPolicy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

    /// <summary>The creator's way in, which EKS makes unless it is told not to.</summary>
    public static void Bootstrap(EksState state, EksCluster cluster, string creator)
    {
        cluster.AccessEntries[creator] = Entry(state, cluster, creator, new JsonObject());
        cluster.AccessPolicies[creator] =
        [
            Association(state, AdminPolicy, new JsonObject { ["type"] = "cluster", ["namespaces"] = new JsonArray() }),
        ];
    }

    /// <summary>The entry for the role of nodes, which a managed node group makes.</summary>
    public static void AdmitNodes(EksState state, EksCluster cluster, string role)
    {
        if (cluster.Document.Obj("accessConfig").Str("authenticationMode") != "CONFIG_MAP" && !cluster.AccessEntries.ContainsKey(role))
        {
            cluster.AccessEntries[role] = Entry(state, cluster, role, new JsonObject
            {
                ["type"] = "EC2_LINUX",
                ["username"] = "system:node:{{EC2PrivateDNSName}}",
                ["kubernetesGroups"] = new JsonArray("system:nodes"),
            });
        }
    }

    public JsonObject Create(AwsCall call, string clusterName)
    {
        var body = call.Json();
        var principal = body.Str("principalArn") ?? throw EksError.InvalidParameter("principalArn is required.");
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            if (cluster.AccessEntries.ContainsKey(principal))
            {
                throw EksError.InUse("The specified access entry resource is already in use on this cluster.");
            }

            if (body.Strings("kubernetesGroups").FirstOrDefault(group => group.StartsWith("system:", StringComparison.Ordinal)) is { } reserved
                && (body.Str("type") ?? "STANDARD") == "STANDARD")
            {
                throw EksError.InvalidParameter($"The kubernetes group name {reserved} is invalid, it cannot start with system:");
            }

            return Answer(cluster.AccessEntries[principal] = Entry(state, cluster, principal, body));
        }
    }

    public JsonObject Get(AwsCall call, string cluster, string principal)
    {
        lock (state.Lock)
        {
            return Answer(Find(GetWithApi(call, cluster), principal));
        }
    }

    public JsonObject List(AwsCall call, string clusterName)
    {
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            var policy = call.Parameter("associatedPolicyArn");
            return EksPages.Page(call, "accessEntries", cluster.AccessEntries.Keys.Where(principal => policy is null
                || (cluster.AccessPolicies.GetValueOrDefault(principal) ?? []).Any(association => association.Str("policyArn") == policy)));
        }
    }

    public JsonObject Update(AwsCall call, string cluster, string principal)
    {
        var body = call.Json();
        lock (state.Lock)
        {
            var entry = Find(GetWithApi(call, cluster), principal);
            body.CopyTo("kubernetesGroups", entry);
            body.CopyTo("username", entry);
            entry["modifiedAt"] = state.Options.Clock.Epoch();
            return Answer(entry);
        }
    }

    public JsonObject Delete(AwsCall call, string clusterName, string principal)
    {
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            Find(cluster, principal);
            cluster.AccessEntries.Remove(principal);
            cluster.AccessPolicies.Remove(principal);
            return [];
        }
    }

    public JsonObject Associate(AwsCall call, string clusterName, string principal)
    {
        var body = call.Json();
        var policy = body.Str("policyArn") ?? throw EksError.InvalidParameter("policyArn is required.");
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            Find(cluster, principal);
            var associations = Associations(cluster, principal);
            associations.RemoveAll(association => association.Str("policyArn") == policy);
            var made = Association(state, policy, body.Obj("accessScope") ?? new JsonObject { ["type"] = "cluster" });
            associations.Add(made);
            return new JsonObject { ["clusterName"] = clusterName, ["principalArn"] = principal, ["associatedAccessPolicy"] = made.DeepClone() };
        }
    }

    public JsonObject Associated(AwsCall call, string clusterName, string principal)
    {
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            Find(cluster, principal);
            return new JsonObject
            {
                ["clusterName"] = clusterName,
                ["principalArn"] = principal,
                ["associatedAccessPolicies"] = new JsonArray([.. Associations(cluster, principal).Select(association => association.DeepClone())]),
            };
        }
    }

    public JsonObject Disassociate(AwsCall call, string clusterName, string principal, string policy)
    {
        lock (state.Lock)
        {
            var cluster = GetWithApi(call, clusterName);
            Find(cluster, principal);
            return Associations(cluster, principal).RemoveAll(association => association.Str("policyArn") == policy) == 0
                ? throw EksError.NotFound("The specified policyArn is not associated with this principal.")
                : [];
        }
    }

    private EksCluster GetWithApi(AwsCall call, string name)
    {
        var cluster = state.Get(call, name);
        return cluster.Document.Obj("accessConfig").Str("authenticationMode") == "CONFIG_MAP"
            ? throw EksError.InvalidRequest("The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.")
            : cluster;
    }

    private static List<JsonObject> Associations(EksCluster cluster, string principal) =>
        cluster.AccessPolicies.TryGetValue(principal, out var list) ? list : cluster.AccessPolicies[principal] = [];

    private static JsonObject Entry(EksState state, EksCluster cluster, string principal, JsonObject body) => new()
    {
        ["clusterName"] = cluster.Name,
        ["principalArn"] = principal,
        ["kubernetesGroups"] = body.Copy("kubernetesGroups", () => new JsonArray()),
        ["accessEntryArn"] = state.Arn(cluster, "access-entry", Kind(principal), state.Options.Account,
            principal[(principal.LastIndexOf('/') + 1)..], Guid.NewGuid().ToString()),
        ["createdAt"] = state.Options.Clock.Epoch(),
        ["modifiedAt"] = state.Options.Clock.Epoch(),
        ["tags"] = body.Copy("tags", () => new JsonObject()),
        ["username"] = body.Str("username") ?? principal,
        ["type"] = body.Str("type") ?? "STANDARD",
    };

    private static string Kind(string principal) => principal.Contains(":role/", StringComparison.Ordinal) ? "role" : "user";

    private static JsonObject Association(EksState state, string policy, JsonObject scope) => new()
    {
        ["policyArn"] = policy,
        ["accessScope"] = scope.DeepClone(),
        ["associatedAt"] = state.Options.Clock.Epoch(),
        ["modifiedAt"] = state.Options.Clock.Epoch(),
    };

    private static JsonObject Find(EksCluster cluster, string principal) => cluster.AccessEntries.GetValueOrDefault(principal)
        ?? throw EksError.NotFound("The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.");

    private static JsonObject Answer(JsonObject entry) => new() { ["accessEntry"] = entry.DeepClone() };
}
