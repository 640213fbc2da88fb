using System.Text.Json.Nodes;
using System.Xml.Linq;
using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Dns;

/// <summary>What Route 53's resources share.</summary>
internal abstract class Route53Resource(AwsCloud cloud) : AwsResource(cloud)
{
    private static readonly XNamespace Model = "https://route53.amazonaws.com/doc/2013-04-01/";

    /// <inheritdoc/>
    protected override bool IsGlobal => true;

    /// <summary>Calls Route 53; the body's root element is named <paramref name="root"/>.</summary>
    protected Task<JsonNode> CallAsync(
        string operation, HttpMethod method, FormattableString path, CancellationToken ct, string? root = null, JsonNode? body = null,
        params KeyValuePair<string, string>[] query) =>
        Cloud.XmlAsync(AwsService.Route53, operation, method, path, root is null ? null : Wire.ToXml(Model + root, body), ct, query);

    /// <summary>All records of a zone, from a name on.</summary>
    protected async Task<List<JsonNode>> RecordsAsync(string zone, string? from, CancellationToken ct)
    {
        List<JsonNode> all = [];
        List<KeyValuePair<string, string>> query = from is null ? [] : [new("name", from)];
        while (true)
        {
            var page = await CallAsync("ListResourceRecordSets", HttpMethod.Get, $"/2013-04-01/hostedzone/{zone}/rrset", ct, query: [.. query]);
            all.AddRange(page.Items("ResourceRecordSets"));
            if (!page.Flag("IsTruncated"))
            {
                return all;
            }

            query = [new("name", page.Must("NextRecordName")), new("type", page.Must("NextRecordType"))];
        }
    }

    /// <summary>Sends one change of a record.</summary>
    protected Task ChangeAsync(string zone, string action, JsonNode record, CancellationToken ct) => CallAsync("ChangeResourceRecordSets", HttpMethod.Post,
        $"/2013-04-01/hostedzone/{zone}/rrset", ct, "ChangeResourceRecordSetsRequest", new JsonObject
        {
            ["ChangeBatch"] = new JsonObject
            {
                ["Comment"] = "Managed by Terraform",
                ["Changes"] = new JsonObject { ["Change"] = new JsonObject { ["Action"] = action, ["ResourceRecordSet"] = record.DeepClone() } },
            },
        });

    /// <summary>A name of a record as people write it.</summary>
    protected static string Plain(string name) => name.TrimEnd('.').Replace("\\052", "*", StringComparison.Ordinal).ToLowerInvariant();
}

/// <summary>aws_route53_zone.</summary>
internal sealed class Zone(AwsCloud cloud) : Route53Resource(cloud)
{
    public override string Type => "aws_route53_zone";

    public override IReadOnlyList<string> ForceNew => ["delegation_set_id", "name"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } =
        new Dictionary<string, TfValue> { ["comment"] = "Managed by Terraform", ["force_destroy"] = false };

    protected override string Noun => "Route 53 Hosted Zone";

    protected override IReadOnlyList<string> Honoured => ["name", "comment", "force_destroy", "vpc", "delegation_set_id"];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, vpcs) = (change.State, change.State.Blocks("vpc"));
        var body = state.Give(Mapping.Pascal, "name");
        body["VPC"] = vpcs.Count > 0 ? Vpc(vpcs[0]) : null;
        body["CallerReference"] = Ids.Unique();
        body["HostedZoneConfig"] = new JsonObject { ["Comment"] = state.String("comment"), ["PrivateZone"] = vpcs.Count > 0 ? true : null };
        body["DelegationSetId"] = state.String("delegation_set_id");
        var made = await CallAsync("CreateHostedZone", HttpMethod.Post, $"/2013-04-01/hostedzone", ct, "CreateHostedZoneRequest", body);
        state["id"] = made.Must("HostedZone.Id").Split('/')[^1];
        foreach (var vpc in vpcs.Skip(1))
        {
            await AssociateAsync("AssociateVPCWithHostedZone", "associatevpc", change.Id, vpc, ct);
        }

        if (TagsOf(change) is { Count: > 0 } tags)
        {
            await TagAsync(state, tags, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var id = state.Required("id");
        var zone = await CallAsync("GetHostedZone", HttpMethod.Get, $"/2013-04-01/hostedzone/{id}", ct);
        state["zone_id"] = id;
        state["arn"] = $"arn:{Cloud.Partition}:route53:::hostedzone/{id}";
        state["name"] = zone.Must("HostedZone.Name").TrimEnd('.');
        state["comment"] = zone.Text("HostedZone.Config.Comment") ?? "";
        var servers = zone.Texts("DelegationSet.NameServers");
        state["name_servers"] = TfValue.Strings(servers.Order(StringComparer.Ordinal));
        state["primary_name_server"] = servers.FirstOrDefault();
        state["vpc"] = TfValue.Blocks(zone.Items("VPCs").Select(vpc => new TfObject().Take(vpc, "vpc_id=VPCId", "vpc_region=VPCRegion")));
        var tags = await CallAsync("ListTagsForResource", HttpMethod.Get, $"/2013-04-01/tags/hostedzone/{id}", ct);
        TakeTags(state, tags.Items("ResourceTagSet.Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("comment"))
        {
            await CallAsync("UpdateHostedZoneComment", HttpMethod.Post, $"/2013-04-01/hostedzone/{change.Id}", ct, "UpdateHostedZoneCommentRequest",
                new JsonObject { ["Comment"] = change.State.String("comment") });
        }

        var (before, now) = (change.Prior!.Blocks("vpc"), change.State.Blocks("vpc"));
        foreach (var vpc in now.Where(vpc => !before.Any(each => each.String("vpc_id") == vpc.String("vpc_id"))))
        {
            await AssociateAsync("AssociateVPCWithHostedZone", "associatevpc", change.Id, vpc, ct);
        }

        foreach (var vpc in before.Where(vpc => !now.Any(each => each.String("vpc_id") == vpc.String("vpc_id"))))
        {
            await AssociateAsync("DisassociateVPCFromHostedZone", "disassociatevpc", change.Id, vpc, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.State.Bool("force_destroy") == true)
        {
            var name = Plain(change.State.String("name") ?? "");
            foreach (var record in await RecordsAsync(change.Id, null, ct))
            {
                if (record.Text("Type") is not ("NS" or "SOA") || Plain(record.Must("Name")) != name)
                {
                    await ChangeAsync(change.Id, "DELETE", record, ct);
                }
            }
        }

        await CallAsync("DeleteHostedZone", HttpMethod.Delete, $"/2013-04-01/hostedzone/{change.Id}", ct);
    }

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct)
    {
        var pairs = new JsonArray([.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);
        return CallAsync("ChangeTagsForResource", HttpMethod.Post, $"/2013-04-01/tags/hostedzone/{state.Required("id")}", ct,
            "ChangeTagsForResourceRequest", new JsonObject { ["AddTags"] = new JsonObject { ["Tag"] = pairs } });
    }

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("ChangeTagsForResource", HttpMethod.Post, $"/2013-04-01/tags/hostedzone/{state.Required("id")}", ct,
            "ChangeTagsForResourceRequest", new JsonObject { ["RemoveTagKeys"] = new JsonObject { ["Key"] = Wire.Array(keys) } });

    private JsonObject Vpc(TfObject vpc) => new()
    {
        ["VPCRegion"] = vpc.String("vpc_region") is { Length: > 0 } region ? region : Cloud.Region,
        ["VPCId"] = vpc.String("vpc_id"),
    };

    private Task AssociateAsync(string operation, string path, string zone, TfObject vpc, CancellationToken ct) =>
        CallAsync(operation, HttpMethod.Post, $"/2013-04-01/hostedzone/{zone}/{path}", ct, operation + "Request", new JsonObject { ["VPC"] = Vpc(vpc) });
}
