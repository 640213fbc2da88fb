using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_launch_template. Blocks without a block inside are mapped by their names; every change makes a new version.</summary>
internal sealed class LaunchTemplate(AwsCloud cloud) : Ec2Resource(cloud)
{
    private static readonly string[] Plain =
    [
        "disable_api_stop", "disable_api_termination", "ebs_optimized", "image_id", "instance_initiated_shutdown_behavior", "instance_type", "kernel_id",
        "key_name", "ram_disk_id", "user_data",
    ];

    // Blocks, as a request and an answer name them, and what is in them.
    private static readonly (string Block, string Member, string Answer, string[] Inner)[] Blocks =
    [
        ("cpu_options", "CpuOptions", "cpuOptions", ["core_count", "threads_per_core", "amd_sev_snp"]),
        ("credit_specification", "CreditSpecification", "creditSpecification", ["cpu_credits"]),
        ("enclave_options", "EnclaveOptions", "enclaveOptions", ["enabled"]),
        ("hibernation_options", "HibernationOptions", "hibernationOptions", ["configured"]),
        ("iam_instance_profile", "IamInstanceProfile", "iamInstanceProfile", ["arn", "name"]),
        ("maintenance_options", "MaintenanceOptions", "maintenanceOptions", ["auto_recovery"]),
        ("metadata_options", "MetadataOptions", "metadataOptions", ["http_endpoint", "http_protocol_ipv6", "http_put_response_hop_limit", "http_tokens", "instance_metadata_tags"]),
        ("monitoring", "Monitoring", "monitoring", ["enabled"]),
        ("placement", "Placement", "placement", ["affinity", "availability_zone", "group_name", "host_id", "tenancy", "spread_domain", "partition_number"]),
    ];

    private static readonly string[] Ebs = ["delete_on_termination", "encrypted", "iops", "kms_key_id", "snapshot_id", "throughput", "volume_size", "volume_type"];

    public override string Type => "aws_launch_template";

    public override IReadOnlyList<string> ForceNew => ["name", "name_prefix"];

    protected override string Noun => "EC2 Launch Template";

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "name_prefix", "description", "default_version", "update_default_version", "vpc_security_group_ids", "security_group_names",
        "block_device_mappings", "tag_specifications", .. Plain, .. Blocks.Select(block => block.Block),
    ];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("name");

    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior is { } prior && Data().Any(name => !Likeness.AreAlike(plan.Planned[name], prior[name])))
        {
            plan.Planned["latest_version"] = TfValue.Unknown;
            if (plan.Config.Bool("update_default_version") == true)
            {
                plan.Planned["default_version"] = TfValue.Unknown;
            }
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        change.State["name"] = Ids.Name(change.State);
        var input = Version(change);
        input["LaunchTemplateName"] = change.State.Required("name");
        input["TagSpecification"] = TagSpecification("launch-template", change);
        change.State["id"] = (await CallAsync("CreateLaunchTemplate", input, ct)).Must("launchTemplate.launchTemplateId");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await FindAsync("DescribeLaunchTemplates", "launchTemplates", new() { ["LaunchTemplateId"] = new JsonArray(id) }, ct) is not { } template)
        {
            return false;
        }

        state.Take(template, "name=launchTemplateName", "default_version=defaultVersionNumber", "latest_version=latestVersionNumber");
        state["arn"] = await Cloud.ArnAsync("ec2", $"launch-template/{id}", ct);
        TakeTags(state, template);
        var answer = await CallAsync("DescribeLaunchTemplateVersions",
            new() { ["LaunchTemplateId"] = id, ["LaunchTemplateVersion"] = new JsonArray(template.Must("latestVersionNumber")) }, ct);
        var version = answer.Items("launchTemplateVersionSet").FirstOrDefault();
        var data = version.At("launchTemplateData");
        state["description"] = version.Text("versionDescription");
        foreach (var name in Plain)
        {
            state[name] = TfValue.Null;
        }

        state.Take(data, Plain);
        state["vpc_security_group_ids"] = TfValue.Strings(data.Texts("securityGroupIdSet"));
        state["security_group_names"] = TfValue.Strings(data.Texts("securityGroupSet"));
        foreach (var (block, _, path, inner) in Blocks)
        {
            state[block] = data.At(path) is JsonObject found ? TfValue.Blocks((state.Block(block)?.Copy() ?? new TfObject()).Take(found, inner)) : TfValue.Blocks();
        }

        // The template's own tags are none of what it launches; moto shows them here too.
        state["tag_specifications"] = TfValue.Blocks(data.Items("tagSpecificationSet").Where(each => each.Text("resourceType") != "launch-template").Select(each => new TfObject
        {
            ["resource_type"] = each.Text("resourceType"),
            ["tags"] = TfValue.Map(each.Items("tagSet").Select(tag => KeyValuePair.Create(tag.Text("key") ?? "", tag.Text("value") ?? ""))),
        }));
        state["block_device_mappings"] = TfValue.Blocks(data.Items("blockDeviceMappingSet").Select(each =>
        {
            var mapping = new TfObject().Take(each, "device_name", "no_device", "virtual_name");
            mapping["ebs"] = each.At("ebs") is JsonObject ebs ? TfValue.Blocks(new TfObject().Take(ebs, Ebs)) : TfValue.Blocks();
            return mapping;
        }));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        string? made = null;
        if (Data().Any(change.Changed))
        {
            var input = Version(change);
            input["LaunchTemplateId"] = change.Id;
            made = (await CallAsync("CreateLaunchTemplateVersion", input, ct)).Must("launchTemplateVersion.versionNumber");
        }

        var byDefault = change.Config.Bool("update_default_version") == true ? made : change.Changed("default_version") ? change.State.String("default_version") : null;
        if (byDefault is not null)
        {
            await CallAsync("ModifyLaunchTemplate", new() { ["LaunchTemplateId"] = change.Id, ["SetDefaultVersion"] = byDefault }, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteLaunchTemplate", new() { ["LaunchTemplateId"] = change.Id }, ct);

    private static IEnumerable<string> Data() =>
        [.. Plain, .. Blocks.Select(block => block.Block), "description", "vpc_security_group_ids", "security_group_names", "block_device_mappings", "tag_specifications"];

    private static JsonObject Version(ResourceChange change)
    {
        var state = change.State;
        var data = state.Give(Mapping.Pascal, [.. Plain, "vpc_security_group_ids=SecurityGroupId", "security_group_names=SecurityGroup"]);
        foreach (var (block, member, _, inner) in Blocks)
        {
            data[member] = state.Block(block)?.Give(Mapping.Pascal, inner);
        }

        data["TagSpecification"] = new JsonArray([.. state.Blocks("tag_specifications").Select(each => new JsonObject
        {
            ["ResourceType"] = each.String("resource_type"),
            ["Tag"] = new JsonArray([.. each.Map("tags").Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        })]);
        data["BlockDeviceMapping"] = new JsonArray([.. state.Blocks("block_device_mappings").Select(each =>
        {
            var mapping = each.Give(Mapping.Pascal, "device_name", "no_device", "virtual_name");
            mapping["Ebs"] = each.Block("ebs")?.Give(Mapping.Pascal, Ebs);
            return mapping;
        })]);
        return new() { ["ClientToken"] = Ids.Unique(), ["LaunchTemplateData"] = data, ["VersionDescription"] = state.String("description") };
    }
}
