using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Eks;

/// <summary>aws_eks_cluster.</summary>
internal sealed class Cluster(AwsCloud cloud) : EksResource(cloud)
{
    private static readonly string[] Network = ["subnet_ids", "security_group_ids", "endpoint_private_access", "endpoint_public_access", "public_access_cidrs"];
    private static readonly string[] Blocks = ["access_config", "kubernetes_network_config", "upgrade_policy"];

    public override string Type => "aws_eks_cluster";

    public override IReadOnlyList<string> ForceNew =>
    [
        "access_config.bootstrap_cluster_creator_admin_permissions", "bootstrap_self_managed_addons", "name", "role_arn",
        "kubernetes_network_config.ip_family", "kubernetes_network_config.service_ipv4_cidr", "outpost_config", "remote_network_config",
    ];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["bootstrap_self_managed_addons"] = true,
        ["access_config.bootstrap_cluster_creator_admin_permissions"] = true,
        ["vpc_config.endpoint_private_access"] = false,
        ["vpc_config.endpoint_public_access"] = true,
    };

    protected override string Noun => "EKS Cluster";

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "role_arn", "version", "vpc_config", "enabled_cluster_log_types", "bootstrap_self_managed_addons", "encryption_config",
        "force_update_version", "deletion_protection", .. Blocks,
    ];

    protected override IReadOnlyList<string> Kept => Blocks;

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, name) = (change.State, change.State.Required("name"));
        var input = WithTags(state.Give(Mapping.Camel, "name", "role_arn", "version", "bootstrap_self_managed_addons", "deletion_protection"), change);
        input["clientRequestToken"] = Ids.Unique();
        input["resourcesVpcConfig"] = state.Block("vpc_config")!.Give(Mapping.Camel, Network);
        input["logging"] = Logging(state.Strings("enabled_cluster_log_types"), []);
        foreach (var block in Blocks.Where(block => change.Config.Block(block) is not null))
        {
            input[Mapping.Camel(block)] = First(Mapping.ToJson(state[block], Mapping.Camel));
        }

        if (state.Block("encryption_config") is { } encryption)
        {
            var provider = encryption.Block("provider")!.Give(Mapping.Camel, "key_arn");
            input["encryptionConfig"] = new JsonArray(new JsonObject { ["provider"] = provider, ["resources"] = Wire.Array(encryption.Strings("resources")) });
        }

        await CallAsync("CreateCluster", HttpMethod.Post, $"/clusters", input, ct);
        state["id"] = name;
        await WaitActiveAsync(change, "create", 30, "CREATING", ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var cluster = await DescribeAsync(state.Required("id"), ct);
        state.Take(cluster, "arn", "endpoint", "name", "platform_version", "role_arn", "status", "version", "deletion_protection", "cluster_id=id");
        state["created_at"] = cluster.Instant("createdAt");
        state["certificate_authority"] = TfValue.Blocks(new TfObject().Take(cluster, "data=certificateAuthority.data"));
        state["identity"] = TfValue.Blocks(new TfObject
        {
            ["oidc"] = TfValue.Blocks(new TfObject().Take(cluster, "issuer=identity.oidc.issuer")),
        });
        state["enabled_cluster_log_types"] = TfValue.Strings(cluster.Items("logging.clusterLogging").Where(log => log.Flag("enabled")).SelectMany(log => log.Texts("types")));
        var network = state.Block("vpc_config")?.Copy() ?? new TfObject();
        state["vpc_config"] = TfValue.Blocks(network.Take(cluster.At("resourcesVpcConfig"), [.. Network, "cluster_security_group_id", "vpc_id"]));
        TakeBlock(state, "kubernetes_network_config", cluster, "ip_family", "service_ipv4_cidr", "service_ipv6_cidr");
        TakeBlock(state, "upgrade_policy", cluster, "support_type");
        TakeBlock(state, "access_config", cluster, "authentication_mode");
        TakeAccess(state);
        state["bootstrap_self_managed_addons"] = state.Bool("bootstrap_self_managed_addons") ?? true;
        if (cluster.At("encryptionConfig") is JsonArray { Count: > 0 } encryption)
        {
            state["encryption_config"] = TfValue.Blocks(encryption.Select(each => new TfObject
            {
                ["provider"] = TfValue.Blocks(new TfObject().Take(each, "key_arn=provider.keyArn")),
                ["resources"] = TfValue.Strings(each.Texts("resources")),
            }));
        }

        TakeTags(state, cluster);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, prior) = (change.State, change.Prior!);
        if (change.Changed("version"))
        {
            await CallAsync("UpdateClusterVersion", HttpMethod.Post, $"/clusters/{change.Id}/updates", state.Give(Mapping.Camel, "version"), ct);
            await WaitActiveAsync(change, "update", 60, "UPDATING", ct);
        }

        var updates = new List<JsonObject>();
        if (change.Changed("access_config"))
        {
            updates.Add(new() { ["accessConfig"] = state.Block("access_config")?.Give(Mapping.Camel, "authentication_mode") });
        }

        if (change.Changed("enabled_cluster_log_types"))
        {
            updates.Add(new() { ["logging"] = Logging(state.Strings("enabled_cluster_log_types"), prior.Strings("enabled_cluster_log_types")) });
        }

        if (change.Changed("upgrade_policy"))
        {
            updates.Add(new() { ["upgradePolicy"] = state.Block("upgrade_policy")?.Give(Mapping.Camel, "support_type") });
        }

        if (change.Changed("deletion_protection"))
        {
            updates.Add(state.Give(Mapping.Camel, "deletion_protection"));
        }

        if (change.Changed("vpc_config"))
        {
            updates.Add(new() { ["resourcesVpcConfig"] = state.Block("vpc_config")!.Give(Mapping.Camel, Network) });
        }

        foreach (var update in updates)
        {
            await CallAsync("UpdateClusterConfig", HttpMethod.Post, $"/clusters/{change.Id}/update-config", update, ct);
            await WaitActiveAsync(change, "update", 60, "UPDATING", ct);
        }

        if (change.Changed("encryption_config") && state.Block("encryption_config") is { } encryption)
        {
            var config = new JsonObject { ["provider"] = encryption.Block("provider")!.Give(Mapping.Camel, "key_arn"), ["resources"] = Wire.Array(encryption.Strings("resources")) };
            await CallAsync("AssociateEncryptionConfig", HttpMethod.Post, $"/clusters/{change.Id}/encryption-config/associate", new() { ["encryptionConfig"] = new JsonArray(config) }, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteCluster", HttpMethod.Delete, $"/clusters/{change.Id}", null, ct);
        await WaitAsync($"EKS Cluster ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(15)),
            async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct, "ACTIVE", "DELETING");
    }

    // Who made the cluster is its administrator, or not, from its creation on; EKS does not always say so afterwards, and
    // moto says nothing of access. A cluster whose state says nothing either counts as made with EKS's defaults.
    private static void TakeAccess(TfObject state)
    {
        var access = state.Block("access_config")?.Copy() ?? new TfObject { ["authentication_mode"] = "CONFIG_MAP" };
        access["bootstrap_cluster_creator_admin_permissions"] = access.Bool("bootstrap_cluster_creator_admin_permissions") ?? true;
        state["access_config"] = TfValue.Blocks(access);
    }

    private static void TakeBlock(TfObject state, string name, JsonNode? cluster, params string[] members)
    {
        if (cluster.At(Mapping.Camel(name)) is JsonObject answer)
        {
            state[name] = TfValue.Blocks((state.Block(name)?.Copy() ?? new TfObject()).Take(answer, members));
        }
    }

    private static JsonNode? First(JsonNode? list)
    {
        var first = list.At("0");
        (list as JsonArray)?.Clear();
        return first;
    }

    private static JsonObject Logging(IReadOnlyList<string> now, IReadOnlyList<string> before)
    {
        var setups = new JsonArray();
        foreach (var (types, enabled) in new[] { (now, true), ([.. before.Except(now)], false) })
        {
            if (types.Count > 0 || (enabled && before.Count == 0))
            {
                setups.Add((JsonNode)new JsonObject { ["types"] = new JsonArray([.. types.Select(type => (JsonNode)type)]), ["enabled"] = enabled && types.Count > 0 });
            }
        }

        return new() { ["clusterLogging"] = setups };
    }

    private Task WaitActiveAsync(ResourceChange change, string operation, int minutes, string pending, CancellationToken ct) => WaitAsync(
        $"EKS Cluster ({change.Id}) {operation}", "ACTIVE", change.Timeout(operation, TimeSpan.FromMinutes(minutes)),
        async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct, pending, "PENDING");

    private async Task<JsonNode?> DescribeAsync(string name, CancellationToken ct) =>
        (await CallAsync("DescribeCluster", HttpMethod.Get, $"/clusters/{name}", null, ct)).At("cluster");
}
