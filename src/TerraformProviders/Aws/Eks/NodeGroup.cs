using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Eks;

/// <summary>aws_eks_node_group.</summary>
internal sealed class NodeGroup(AwsCloud cloud) : EksResource(cloud)
{
    private static readonly string[] Plain = ["node_role_arn=nodeRole", "subnet_ids=subnets", "ami_type", "capacity_type", "disk_size", "instance_types", "labels", "release_version", "version"];

    public override string Type => "aws_eks_node_group";

    public override IReadOnlyList<string> ForceNew =>
    [
        "ami_type", "capacity_type", "cluster_name", "disk_size", "instance_types", "launch_template.id", "launch_template.name", "node_group_name",
        "node_group_name_prefix", "node_role_arn", "remote_access", "subnet_ids",
    ];

    protected override string Noun => "EKS Node Group";

    protected override IReadOnlyList<string> Honoured =>
    [
        "cluster_name", "node_group_name", "node_group_name_prefix", "force_update_version", "scaling_config", "update_config", "launch_template",
        "remote_access", "taint", "node_repair_config", .. Plain.Select(name => name.Split('=')[0]),
    ];

    protected override IReadOnlyList<string> Kept => ["update_config"];

    protected override string? Label(TfObject state) => state.String("id") ?? $"{state.String("cluster_name")}:{state.String("node_group_name")}";

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, cluster) = (change.State, change.State.Required("cluster_name"));
        var name = Ids.Name(state, "node_group_name", "node_group_name_prefix");
        state["node_group_name"] = name;
        var input = WithTags(state.Give(Mapping.Camel, Plain), change);
        (input["nodegroupName"], input["clientRequestToken"]) = (name, Ids.Unique());
        input["scalingConfig"] = Scaling(state);
        input["updateConfig"] = change.Config.Block("update_config")?.Give(Mapping.Camel, "max_unavailable", "max_unavailable_percentage");
        input["launchTemplate"] = Template(state);
        input["remoteAccess"] = change.Config.Block("remote_access")?.Give(Mapping.Camel, "ec2_ssh_key", "source_security_group_ids=sourceSecurityGroups");
        input["nodeRepairConfig"] = change.Config.Block("node_repair_config")?.Give(Mapping.Camel, "enabled");
        var taints = new JsonArray([.. state.Blocks("taint").Select(Taint)]);
        input["taints"] = taints.Count > 0 ? taints : null;
        await CallAsync("CreateNodegroup", HttpMethod.Post, $"/clusters/{cluster}/node-groups", input, ct);
        state["id"] = $"{cluster}:{name}";
        await WaitActiveAsync(change, "create", ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var group = await DescribeAsync(state.Required("id"), ct);
        state.Take(group, [.. Plain.Where(name => name != "labels"), "arn=nodegroupArn", "cluster_name", "node_group_name=nodegroupName", "status"]);
        state["labels"] = TfValue.Map((group.At("labels") as JsonObject ?? []).Select(label => KeyValuePair.Create(label.Key, label.Value?.ToString() ?? "")));
        state["scaling_config"] = TfValue.Blocks(new TfObject().Take(group.At("scalingConfig"), "desired_size", "max_size", "min_size"));
        state["taint"] = TfValue.Blocks(group.Items("taints").Select(taint => new TfObject().Take(taint, "key", "value", "effect")));
        state["resources"] = TfValue.Blocks(new TfObject
        {
            ["autoscaling_groups"] = TfValue.Blocks(group.Items("resources.autoScalingGroups").Select(each => new TfObject().Take(each, "name"))),
            ["remote_access_security_group_id"] = group.Text("resources.remoteAccessSecurityGroup"),
        });
        if (group.At("updateConfig") is JsonObject update)
        {
            state["update_config"] = TfValue.Blocks(new TfObject().Take(update, "max_unavailable", "max_unavailable_percentage"));
        }

        if (group.At("launchTemplate") is JsonObject template)
        {
            state["launch_template"] = TfValue.Blocks(new TfObject().Take(template, "id", "name", "version"));
        }

        // moto makes this up for every group that is created without.
        if (group.At("remoteAccess") is JsonObject access && (state.Block("remote_access") is not null || access.Text("ec2SshKey") is not (null or "eksKeypair")))
        {
            state["remote_access"] = TfValue.Blocks(new TfObject().Take(access, "ec2_ssh_key", "source_security_group_ids=sourceSecurityGroups"));
        }

        TakeTags(state, group);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, prior) = (change.State, change.Prior!);
        var (cluster, name) = Parts(change.Id);
        if (change.Changed("version") || change.Changed("release_version") || change.Changed("launch_template"))
        {
            var version = change.Config.Give(Mapping.Camel, "version", "release_version", "force_update_version=force");
            (version["launchTemplate"], version["clientRequestToken"]) = (change.Changed("launch_template") ? Template(state) : null, Ids.Unique());
            await CallAsync("UpdateNodegroupVersion", HttpMethod.Post, $"/clusters/{cluster}/node-groups/{name}/update-version", version, ct);
            await WaitActiveAsync(change, "update", ct);
        }

        var input = new JsonObject();
        if (change.Changed("labels"))
        {
            var (before, now) = (prior.Map("labels"), state.Map("labels"));
            input["labels"] = new JsonObject
            {
                ["addOrUpdateLabels"] = new JsonObject(now.Except(before).Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
                ["removeLabels"] = new JsonArray([.. before.Keys.Except(now.Keys).Select(key => (JsonNode)key)]),
            };
        }

        if (change.Changed("taint"))
        {
            var (before, now) = (prior.Blocks("taint"), state.Blocks("taint"));
            input["taints"] = new JsonObject
            {
                ["addOrUpdateTaints"] = new JsonArray([.. now.Except(before).Select(Taint)]),
                ["removeTaints"] = new JsonArray([.. before.Where(old => !now.Any(each => each["key"].Equals(old["key"]) && each["effect"].Equals(old["effect"]))).Select(Taint)]),
            };
        }

        if (change.Changed("scaling_config"))
        {
            input["scalingConfig"] = Scaling(state);
        }

        if (change.Changed("update_config"))
        {
            input["updateConfig"] = state.Block("update_config")?.Give(Mapping.Camel, "max_unavailable", "max_unavailable_percentage");
        }

        if (change.Changed("node_repair_config"))
        {
            input["nodeRepairConfig"] = state.Block("node_repair_config")?.Give(Mapping.Camel, "enabled");
        }

        if (input.Count > 0)
        {
            await CallAsync("UpdateNodegroupConfig", HttpMethod.Post, $"/clusters/{cluster}/node-groups/{name}/update-config", input, ct);
            await WaitActiveAsync(change, "update", ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (cluster, name) = Parts(change.Id);
        await CallAsync("DeleteNodegroup", HttpMethod.Delete, $"/clusters/{cluster}/node-groups/{name}", null, ct);
        await WaitAsync($"EKS Node Group ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(60)),
            async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct, "ACTIVE", "DELETING");
    }

    private static JsonObject? Scaling(TfObject state) => state.Block("scaling_config")?.Give(Mapping.Camel, "desired_size", "max_size", "min_size");

    // A template goes by its id or by its name, never by both.
    private static JsonObject? Template(TfObject state)
    {
        var template = state.Block("launch_template")?.Give(Mapping.Camel, "id", "name", "version");
        if (template?.ContainsKey("id") == true)
        {
            template.Remove("name");
        }

        return template;
    }

    private static JsonObject Taint(TfObject taint) => taint.Give(Mapping.Camel, "key", "value", "effect");

    private Task WaitActiveAsync(ResourceChange change, string operation, CancellationToken ct) => WaitAsync(
        $"EKS Node Group ({change.Id}) {operation}", "ACTIVE", change.Timeout(operation, TimeSpan.FromMinutes(60)),
        async () => (await DescribeAsync(change.Id, ct)).Text("status"), ct, "CREATING", "UPDATING");

    private async Task<JsonNode?> DescribeAsync(string id, CancellationToken ct)
    {
        var (cluster, name) = Parts(id);
        return (await CallAsync("DescribeNodegroup", HttpMethod.Get, $"/clusters/{cluster}/node-groups/{name}", null, ct)).At("nodegroup");
    }
}
