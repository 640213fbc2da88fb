using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>Security groups with inline rules: aws_security_group, and aws_default_security_group.</summary>
internal abstract class SecurityGroupBase(AwsCloud cloud) : Ec2Resource(cloud)
{
    protected static readonly (string Block, string List, string Operation)[] Directions =
        [("ingress", "ipPermissions", "SecurityGroupIngress"), ("egress", "ipPermissionsEgress", "SecurityGroupEgress")];

    protected override string Noun => "Security Group";

    protected override IReadOnlyList<string> Kept => ["ingress", "egress"];

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        if (await DescribeAsync(id, ct) is not { } group)
        {
            return false;
        }

        state.Take(group, "name=groupName", "description=groupDescription", "owner_id", "vpc_id");
        state["arn"] = await Cloud.ArnAsync("ec2", $"security-group/{id}", ct);
        foreach (var (block, list, _) in Directions)
        {
            state[block] = Permission.ToBlocks(Permission.OfAnswer(group, list), state.Blocks(block), id);
        }

        TakeTags(state, group);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        foreach (var (block, list, operation) in Directions.Where(direction => change.Changed(direction.Block)))
        {
            await SetRulesAsync(change, block, list, operation, ct);
        }
    }

    /// <summary>Makes the rules of one direction those that are planned.</summary>
    protected async Task SetRulesAsync(ResourceChange change, string block, string list, string operation, CancellationToken ct)
    {
        var id = change.Id;
        var now = Permission.OfAnswer((await DescribeAsync(id, ct))!, list).ToList();
        var wanted = change.State.Blocks(block).SelectMany(rule => Permission.OfBlock(rule, id)).Distinct().ToList();
        await SendAsync("Revoke" + operation, id, [.. now.Except(wanted)], ct);
        await SendAsync("Authorize" + operation, id, [.. wanted.Except(now)], ct);
    }

    /// <summary>The group, or null.</summary>
    protected Task<JsonNode?> DescribeAsync(string id, CancellationToken ct) =>
        FindAsync("DescribeSecurityGroups", "securityGroupInfo", new() { ["GroupId"] = new JsonArray(id) }, ct);

    private async Task SendAsync(string operation, string id, List<Permission> permissions, CancellationToken ct)
    {
        if (permissions.Count > 0)
        {
            await CallAsync(operation, new() { ["GroupId"] = id, ["IpPermissions"] = Permission.ToRequest(permissions) }, ct);
        }
    }
}

/// <summary>aws_security_group.</summary>
internal sealed class SecurityGroup(AwsCloud cloud) : SecurityGroupBase(cloud)
{
    public override string Type => "aws_security_group";

    public override IReadOnlyList<string> ForceNew => ["description", "name", "name_prefix", "vpc_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["description"] = "Managed by Terraform", ["revoke_rules_on_delete"] = false };

    protected override IReadOnlyList<string> Honoured => ["name", "name_prefix", "description", "vpc_id", "ingress", "egress", "revoke_rules_on_delete"];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("name");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        change.State["name"] = Ids.Name(change.State);
        var input = change.State.Give(Mapping.Pascal, "name=GroupName", "description=GroupDescription", "vpc_id");
        input["TagSpecification"] = TagSpecification("security-group", change);
        change.State["id"] = (await CallAsync("CreateSecurityGroup", input, ct)).Must("groupId");

        // AWS lets a new group reach everything; Terraform's groups reach what is configured.
        foreach (var (block, list, operation) in Directions)
        {
            await SetRulesAsync(change, block, list, operation, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.Bool("revoke_rules_on_delete") == true)
        {
            var (ingress, egress) = (change.State["ingress"], change.State["egress"]);
            (change.State["ingress"], change.State["egress"]) = (TfValue.Blocks(), TfValue.Blocks());
            foreach (var (block, list, operation) in Directions)
            {
                await SetRulesAsync(change, block, list, operation, ct);
            }

            (change.State["ingress"], change.State["egress"]) = (ingress, egress);
        }

        await DeleteWhenFreeAsync("DeleteSecurityGroup", new() { ["GroupId"] = change.Id }, change.Timeout("delete", TimeSpan.FromMinutes(15)), ct);
    }
}

/// <summary>aws_default_security_group: the group that a VPC comes with, taken over and never deleted.</summary>
internal sealed class DefaultSecurityGroup(AwsCloud cloud) : SecurityGroupBase(cloud)
{
    public override string Type => "aws_default_security_group";

    public override IReadOnlyList<string> ForceNew => ["vpc_id"];

    protected override string Noun => "Default Security Group";

    protected override IReadOnlyList<string> Honoured => ["vpc_id", "ingress", "egress", "revoke_rules_on_delete"];

    // Here, rules that are not configured are removed.
    protected override IReadOnlyList<string> Kept => [];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var filter = Filter(("group-name", "default"), ("vpc-id", change.State.Required("vpc_id")));
        var group = await FindAsync("DescribeSecurityGroups", "securityGroupInfo", filter, ct)
            ?? throw new ProviderException($"Default security group not found: vpc {change.State.String("vpc_id")}");
        change.State["id"] = group.Must("groupId");
        if (TagsOf(change) is { Count: > 0 } tags)
        {
            await TagAsync(change.State, tags, ct);
        }

        foreach (var (block, list, operation) in Directions)
        {
            await SetRulesAsync(change, block, list, operation, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => Task.CompletedTask;
}
