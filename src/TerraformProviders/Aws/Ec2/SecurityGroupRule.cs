using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>aws_security_group_rule.</summary>
internal sealed class SecurityGroupRule(AwsCloud cloud) : Ec2Resource(cloud)
{
    public override string Type => "aws_security_group_rule";

    public override IReadOnlyList<string> ForceNew =>
    [
        "cidr_blocks", "from_port", "ipv6_cidr_blocks", "prefix_list_ids", "protocol", "security_group_id", "self", "source_security_group_id", "to_port", "type",
    ];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue> { ["self"] = false };

    protected override string Noun => "Security Group";

    protected override IReadOnlyList<string> Honoured => [.. ForceNew, "description"];

    protected override string Label(TfObject state) => $"{state.String("security_group_id")}) Rule ({state.String("id")}";

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync($"Authorize{Direction(change.State)}", Input(change.State), ct);
        change.State["id"] = IdOf(change.State);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var group = state.Required("security_group_id");
        var answer = await FindAsync("DescribeSecurityGroups", "securityGroupInfo", new() { ["GroupId"] = new JsonArray(group) }, ct);
        var list = state.String("type") == "egress" ? "ipPermissionsEgress" : "ipPermissions";
        if (answer is null)
        {
            return false;
        }

        var there = Permission.OfAnswer(answer, list).ToList();
        var wanted = Permissions(state);
        var found = there.Where(each => wanted.Any(one => one with { Description = each.Description } == each)).ToList();
        if (found.Count < wanted.Count)
        {
            return false;
        }

        state["description"] = found.Select(each => each.Description).FirstOrDefault(text => text.Length > 0);
        var rules = await CallAsync("DescribeSecurityGroupRules", Filter(("group-id", group)), ct);
        var mine = rules.Items("securityGroupRuleSet").Where(rule => wanted.Any(one => IsRule(rule, one, state.String("type") == "egress"))).ToList();
        state["security_group_rule_id"] = wanted.Count == 1 && mine.Count > 0 ? mine[0].Text("securityGroupRuleId") : "";
        return true;
    }

    protected override Task UpdateCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync($"UpdateSecurityGroupRuleDescriptions{(change.State.String("type") == "egress" ? "Egress" : "Ingress")}", Input(change.State), ct);

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync($"Revoke{Direction(change.State)}", Input(change.State), ct);

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        var parts = id.Split('_');
        if (parts.Length < 6 || !parts[0].StartsWith("sg-", StringComparison.Ordinal) || parts[1] is not ("ingress" or "egress"))
        {
            throw new ProviderException($"unexpected format for ID (\"{id}\"), expected SECURITYGROUPID_TYPE_PROTOCOL_FROMPORT_TOPORT_SOURCE[_SOURCE]*");
        }

        var state = new TfObject
        {
            ["security_group_id"] = parts[0],
            ["type"] = parts[1],
            ["protocol"] = Permission.NormalProtocol(parts[2]),
            ["from_port"] = new TfNumber(parts[3] == "all" ? "0" : parts[3]),
            ["to_port"] = new TfNumber(parts[4] == "all" ? "0" : parts[4]),
            ["self"] = false,
        };
        foreach (var peers in parts[5..].GroupBy(KindOf))
        {
            state[peers.Key] = peers.Key switch
            {
                "self" => true,
                "source_security_group_id" => peers.First(),
                _ => TfValue.Strings(peers),
            };
        }

        state["id"] = IdOf(state);
        return Task.FromResult(state);
    }

    private static string KindOf(string peer) => peer switch
    {
        "self" => "self",
        _ when peer.StartsWith("sg-", StringComparison.Ordinal) => "source_security_group_id",
        _ when peer.StartsWith("pl-", StringComparison.Ordinal) => "prefix_list_ids",
        _ when peer.Contains(':') => "ipv6_cidr_blocks",
        _ => "cidr_blocks",
    };

    private static string Direction(TfObject state) => state.String("type") == "egress" ? "SecurityGroupEgress" : "SecurityGroupIngress";

    private static JsonObject Input(TfObject state) => new()
    {
        ["GroupId"] = state.Required("security_group_id"),
        ["IpPermissions"] = Permission.ToRequest(Permissions(state)),
    };

    private static List<Permission> Permissions(TfObject state)
    {
        var block = new TfObject(state);
        if (state.String("source_security_group_id") is { Length: > 0 } source)
        {
            block["security_groups"] = TfValue.Strings([source]);
        }

        return [.. Permission.OfBlock(block, state.Required("security_group_id"))];
    }

    private static bool IsRule(JsonNode rule, Permission one, bool egress) =>
        rule.Flag("isEgress") == egress && Permission.NormalProtocol(rule.Text("ipProtocol") ?? "-1") == one.Protocol
        && (one.Protocol == "-1" || (rule.Number("fromPort") == one.From && rule.Number("toPort") == one.To))
        && one.Peer == (rule.Text("cidrIpv4") ?? rule.Text("cidrIpv6") ?? rule.Text("prefixListId") ?? rule.Text("referencedGroupInfo.groupId"));

    private static string IdOf(TfObject state)
    {
        var parts = new List<string> { state.Required("security_group_id") };
        parts.AddRange(new[] { state.Int("from_port"), state.Int("to_port") }.Where(port => port > 0).Select(port => port!.Value.ToString()));
        parts.AddRange([Permission.NormalProtocol(state.Required("protocol")), state.Required("type")]);
        foreach (var list in new[] { "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids" })
        {
            parts.AddRange(state.Strings(list).Order(StringComparer.Ordinal));
        }

        if (state.String("source_security_group_id") is { Length: > 0 } group || (state.Bool("self") == true && (group = state.Required("security_group_id")) != ""))
        {
            // A pair of id and name; VPC groups have only the id.
            parts.AddRange([group, ""]);
        }

        return $"sgrule-{Ids.Hash(string.Concat(parts.Select(part => part + "-")))}";
    }
}

/// <summary>aws_vpc_security_group_ingress_rule and aws_vpc_security_group_egress_rule.</summary>
internal sealed class VpcSecurityGroupRule(AwsCloud cloud, bool egress) : Ec2Resource(cloud)
{
    private static readonly (string Argument, string List, string Member)[] Peers =
    [
        ("cidr_ipv4", "IpRanges", "CidrIp"), ("cidr_ipv6", "Ipv6Ranges", "CidrIpv6"),
        ("prefix_list_id", "PrefixListIds", "PrefixListId"), ("referenced_security_group_id", "Groups", "GroupId"),
    ];

    public override string Type => egress ? "aws_vpc_security_group_egress_rule" : "aws_vpc_security_group_ingress_rule";

    public override IReadOnlyList<string> ForceNew => ["security_group_id"];

    protected override string Noun => $"VPC Security Group Rule";

    protected override IReadOnlyList<string> Honoured =>
        ["security_group_id", "ip_protocol", "from_port", "to_port", "description", .. Peers.Select(peer => peer.Argument)];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var permission = state.Give(Mapping.Pascal, "ip_protocol", "from_port", "to_port");
        foreach (var (argument, list, member) in Peers.Where(peer => state.String(peer.Argument) is { Length: > 0 }))
        {
            var peer = new JsonObject { [member] = state.String(argument) };
            if (state.String("description") is { Length: > 0 } description)
            {
                peer["Description"] = description;
            }

            permission[list] = new JsonArray(peer);
        }

        var answer = await CallAsync(egress ? "AuthorizeSecurityGroupEgress" : "AuthorizeSecurityGroupIngress", new()
        {
            ["GroupId"] = state.Required("security_group_id"),
            ["IpPermissions"] = new JsonArray(permission),
            ["TagSpecification"] = TagSpecification("security-group-rule", change),
        }, ct);
        state["id"] = answer.Must("securityGroupRuleSet.0.securityGroupRuleId");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        var answer = await CallAsync("DescribeSecurityGroupRules", new() { ["SecurityGroupRuleId"] = new JsonArray(id) }, ct);
        if (answer.Items("securityGroupRuleSet").FirstOrDefault(rule => rule.Text("securityGroupRuleId") == id) is not { } rule)
        {
            return false;
        }

        state.Take(rule, "security_group_id=groupId", "cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id=referencedGroupInfo.groupId", "description");
        state["ip_protocol"] = Permission.NormalProtocol(rule.Text("ipProtocol") ?? "-1");
        foreach (var (argument, member) in new[] { ("from_port", "fromPort"), ("to_port", "toPort") })
        {
            state[argument] = state.String("ip_protocol") == "-1" && !state[argument].HasValue ? TfValue.Null : rule.Number(member) ?? -1;
        }

        state["security_group_rule_id"] = id;
        state["arn"] = await Cloud.ArnAsync("ec2", $"security-group-rule/{id}", ct);
        TakeTags(state, rule);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (Honoured.Any(change.Changed))
        {
            var rule = change.State.Give(Mapping.Pascal, "ip_protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "prefix_list_id",
                "referenced_security_group_id=ReferencedGroupId", "description");
            await CallAsync("ModifySecurityGroupRules", new()
            {
                ["GroupId"] = change.State.Required("security_group_id"),
                ["SecurityGroupRule"] = new JsonArray(new JsonObject { ["SecurityGroupRuleId"] = change.Id, ["SecurityGroupRule"] = rule }),
            }, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync(egress ? "RevokeSecurityGroupEgress" : "RevokeSecurityGroupIngress", new()
        {
            ["GroupId"] = change.State.Required("security_group_id"),
            ["SecurityGroupRuleId"] = new JsonArray(change.Id),
        }, ct);
}
