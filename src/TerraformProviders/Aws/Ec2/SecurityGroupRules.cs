using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Ec2;

/// <summary>One permission of a security group: a protocol, ports, one source or target, a description.</summary>
internal sealed record Permission(string Protocol, long From, long To, string Kind, string Peer, string Description)
{
    private static readonly (string Kind, string List, string Member, string Path)[] Kinds =
    [
        ("cidr_blocks", "IpRanges", "CidrIp", "ipRanges"), ("ipv6_cidr_blocks", "Ipv6Ranges", "CidrIpv6", "ipv6Ranges"),
        ("prefix_list_ids", "PrefixListIds", "PrefixListId", "prefixListIds"), ("security_groups", "UserIdGroupPairs", "GroupId", "groups"),
    ];

    private static readonly Dictionary<string, string> Numbers = new() { ["6"] = "tcp", ["17"] = "udp", ["1"] = "icmp", ["58"] = "icmpv6", ["all"] = "-1" };

    private bool IsAll => Protocol == "-1";

    /// <summary>The permissions that an inline rule of a group grants.</summary>
    public static IEnumerable<Permission> OfBlock(TfObject rule, string group)
    {
        var protocol = NormalProtocol(rule.String("protocol") ?? "-1");
        var (from, to) = protocol == "-1" ? (0, 0) : (rule.Int("from_port") ?? 0, rule.Int("to_port") ?? 0);
        var description = rule.String("description") ?? "";
        return Kinds.SelectMany(kind => rule.Strings(kind.Kind).Select(peer => new Permission(protocol, from, to, kind.Kind, peer, description)))
            .Concat(rule.Bool("self") == true ? [new Permission(protocol, from, to, "security_groups", group, description)] : []);
    }

    /// <summary>The permissions of an answer's <c>ipPermissions</c>.</summary>
    public static IEnumerable<Permission> OfAnswer(JsonNode answer, string list) =>
        from permission in answer.Items(list)
        let protocol = NormalProtocol(permission.Text("ipProtocol") ?? "-1")
        let ports = protocol == "-1" ? (0, 0) : (permission.Number("fromPort") ?? 0, permission.Number("toPort") ?? 0)
        from kind in Kinds
        from peer in permission.Items(kind.Path)
        select new Permission(protocol, ports.Item1, ports.Item2, kind.Kind, peer.Must(Mapping.Camel(kind.Member)), peer.Text("description") ?? "");

    /// <summary>A protocol by name, whatever it was written as.</summary>
    public static string NormalProtocol(string protocol) => Numbers.GetValueOrDefault(protocol.ToLowerInvariant(), protocol.ToLowerInvariant());

    /// <summary>As a request states permissions.</summary>
    public static JsonArray ToRequest(IEnumerable<Permission> permissions) => [.. permissions.GroupBy(each => (each.Protocol, each.From, each.To)).Select(JsonNode (same) =>
    {
        var result = new JsonObject { ["IpProtocol"] = same.Key.Protocol };
        if (same.Key.Protocol != "-1")
        {
            (result["FromPort"], result["ToPort"]) = (same.Key.From, same.Key.To);
        }

        foreach (var (kind, list, member, _) in Kinds)
        {
            var peers = same.Where(each => each.Kind == kind).Select(each =>
            {
                var peer = new JsonObject { [member] = each.Peer };
                if (each.Description.Length > 0)
                {
                    peer["Description"] = each.Description;
                }

                return peer;
            }).ToArray<JsonNode>();
            if (peers.Length > 0)
            {
                result[list == "UserIdGroupPairs" ? "Groups" : list] = new JsonArray(peers);
            }
        }

        return result;
    })];

    /// <summary>
    /// Permissions as inline rules. Rules that are configured keep their cut as far as AWS has them; what else AWS has
    /// is put together by ports and description.
    /// </summary>
    public static TfValue ToBlocks(IEnumerable<Permission> permissions, IReadOnlyList<TfObject> configured, string group)
    {
        var left = permissions.ToList();
        var blocks = new List<TfObject>();
        foreach (var rule in configured)
        {
            var wanted = OfBlock(rule, group).ToList();
            if (wanted.Count > 0 && wanted.All(left.Contains))
            {
                blocks.Add(rule);
                left.RemoveAll(wanted.Contains);
            }
        }

        blocks.AddRange(left.GroupBy(each => (each.Protocol, each.From, each.To, each.Description)).Select(same => ToBlock(same.Key, [.. same], group)));
        return TfValue.Blocks(blocks);
    }

    private static TfObject ToBlock((string Protocol, long From, long To, string Description) key, List<Permission> same, string group)
    {
        var block = new TfObject
        {
            ["protocol"] = key.Protocol,
            ["from_port"] = key.From,
            ["to_port"] = key.To,
            ["description"] = key.Description,
            ["self"] = same.Any(each => each.Kind == "security_groups" && each.Peer == group),
        };
        foreach (var kind in Kinds)
        {
            block[kind.Kind] = TfValue.Strings(same.Where(each => each.Kind == kind.Kind && (each.Kind != "security_groups" || each.Peer != group)).Select(each => each.Peer));
        }

        return block;
    }
}
