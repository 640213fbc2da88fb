using Mayfly.Aws;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;
using System.Text.Json.Nodes;

namespace Mayfly.TerraformProviders.Aws.Data;

/// <summary>aws_route53_zone.</summary>
internal sealed class HostedZone(AwsCloud cloud) : AwsDataSource(cloud)
{
    public override string Type => "aws_route53_zone";

    protected override string Noun => "Route 53 Hosted Zone";

    protected override string? Label(TfObject state) => state.String("name") ?? state.String("zone_id");

    protected override async Task ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var zone = state.String("zone_id") is { Length: > 0 } id ? await GetAsync(id, ct) : await SearchAsync(state, ct);
        var found = zone.Must("HostedZone.Id").Split('/')[^1];
        state["id"] = state["zone_id"] = found;
        state["arn"] = $"arn:{Cloud.Partition}:route53:::hostedzone/{found}";
        state["name"] = zone.Must("HostedZone.Name").TrimEnd('.');
        state["private_zone"] = zone.Flag("HostedZone.Config.PrivateZone");
        state["comment"] = zone.Text("HostedZone.Config.Comment") ?? "";
        state["caller_reference"] = zone.Text("HostedZone.CallerReference");
        state["resource_record_set_count"] = zone.Number("HostedZone.ResourceRecordSetCount");
        var servers = zone.Texts("DelegationSet.NameServers").Order(StringComparer.Ordinal).ToList();
        state["name_servers"] = TfValue.Strings(servers);
        state["primary_name_server"] = zone.Texts("DelegationSet.NameServers").FirstOrDefault();
        state["tags"] = TfValue.Map((await TagsAsync(found, ct)).Where(tag => !Cloud.Options.IsIgnored(tag.Key)));
    }

    private async Task<JsonNode> SearchAsync(TfObject state, CancellationToken ct)
    {
        var wanted = state.String("name")?.TrimEnd('.') is { Length: > 0 } name ? name : null;
        var isPrivate = state.Bool("private_zone") == true;
        var (vpc, tags) = (state.String("vpc_id"), state.Map("tags"));
        List<JsonNode> matches = [];
        for (string? marker = null; ;)
        {
            KeyValuePair<string, string>[] query = marker is null ? [] : [new("marker", marker)];
            var page = await Cloud.XmlAsync(AwsService.Route53, "ListHostedZones", HttpMethod.Get, $"/2013-04-01/hostedzone", null, ct, query);
            foreach (var each in page.Items("HostedZones"))
            {
                if (wanted is not null && (each.Text("Name")?.TrimEnd('.') != wanted || each.Flag("Config.PrivateZone") != (isPrivate || vpc is not null)))
                {
                    continue;
                }

                var id = each.Must("Id").Split('/')[^1];
                var zone = await GetAsync(id, ct);
                if ((vpc is null || zone.Texts("VPCs", "VPCId").Contains(vpc))
                    && (tags.Count == 0 || await TagsAsync(id, ct) is var own && tags.All(own.Contains)))
                {
                    matches.Add(zone);
                }
            }

            if (!page.Flag("IsTruncated") || (marker = page.Text("NextMarker")) is null)
            {
                break;
            }
        }

        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new ProviderException($"no matching Route 53 Hosted Zone found"),
            var many => throw new ProviderException($"{many} matching Route 53 Hosted Zones found"),
        };
    }

    private Task<JsonNode> GetAsync(string id, CancellationToken ct) =>
        Cloud.XmlAsync(AwsService.Route53, "GetHostedZone", HttpMethod.Get, $"/2013-04-01/hostedzone/{id}", null, ct);

    private async Task<Dictionary<string, string>> TagsAsync(string id, CancellationToken ct)
    {
        var answer = await Cloud.XmlAsync(AwsService.Route53, "ListTagsForResource", HttpMethod.Get, $"/2013-04-01/tags/hostedzone/{id}", null, ct);
        return answer.Items("ResourceTagSet.Tags").ToDictionary(tag => tag.Text("Key") ?? "", tag => tag.Text("Value") ?? "");
    }
}
