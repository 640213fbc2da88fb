using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;
using Mayfly.Aws.ResourceGroupsTaggingAPI;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;
using Mayfly.LocalCloud.Aws.Eks;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// The tagging API finds whatever carries tags. moto's knows nothing of EKS, nor of addresses, route tables and interfaces; a sweep that
/// relies on it would miss them.
/// </summary>
public sealed class TaggedResources(AwsSession moto, EksService eks, string account) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();
    private readonly AmazonResourceGroupsTaggingAPIClient _tagging = moto.CreateResourceGroupsTagging();

    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "tagging", Action: "GetResources" };

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var body = call.Json();
        var filters = (body["TagFilters"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(filter => (Key: filter.Str("Key")!, Values: filter.Strings("Values"))).ToList();
        var types = body.Strings("ResourceTypeFilters");
        var arns = body.Strings("ResourceARNList");

        var found = (await EverythingAsync(call.Region, ct))
            .Where(resource => filters.All(filter => resource.Value.TryGetValue(filter.Key, out var value)
                && (filter.Values.Count == 0 || filter.Values.Contains(value))))
            .Where(resource => types.Count == 0 || types.Any(type => IsOf(resource.Key, type)))
            .Where(resource => arns.Count == 0 || arns.Contains(resource.Key))
            .OrderBy(resource => resource.Key, StringComparer.Ordinal).ToList();

        var size = body.Int("ResourcesPerPage") ?? 100;
        var from = int.TryParse(body.Str("PaginationToken"), CultureInfo.InvariantCulture, out var token) ? token : 0;
        var page = found.Skip(from).Take(size).Select(resource => (JsonNode)new JsonObject
        {
            ["ResourceARN"] = resource.Key,
            ["Tags"] = new JsonArray([.. resource.Value.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        });
        return AwsReply.Json(new JsonObject
        {
            ["ResourceTagMappingList"] = new JsonArray([.. page]),
            ["PaginationToken"] = from + size < found.Count ? (from + size).ToString(CultureInfo.InvariantCulture) : "",
        });
    }

    private async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> EverythingAsync(string region, CancellationToken ct)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> all = new(StringComparer.Ordinal);
        string? token = null;
        do
        {
            var page = await _tagging.GetResourcesAsync(new GetResourcesRequest { PaginationToken = token }, ct);
            foreach (var resource in page.ResourceTagMappingList)
            {
                all[resource.ResourceARN!] = (resource.Tags ?? []).DistinctBy(tag => tag.Key).ToDictionary(tag => tag.Key, tag => tag.Value);
            }

            token = page.PaginationToken;
        }
        while (!string.IsNullOrEmpty(token));

        var tags = (await _ec2.DescribeTagsAsync(new DescribeTagsRequest(), ct)).Tags ?? [];
        foreach (var resource in tags.GroupBy(tag => (tag.ResourceId, Type: tag.ResourceType.Value)))
        {
            all[$"arn:aws:ec2:{region}:{account}:{Ec2Tags.NameOf(resource.Key.Type)}/{resource.Key.ResourceId}"] =
                resource.ToDictionary(tag => tag.Key, tag => tag.Value);
        }

        await DropDeadAsync(all, ct);
        foreach (var (arn, its) in eks.Tagged(region).Where(resource => resource.Tags.Count > 0))
        {
            all[arn] = its;
        }

        return all;
    }

    // Each type is asked for once, and only where something of it is tagged.
    private async Task DropDeadAsync(Dictionary<string, IReadOnlyDictionary<string, string>> all, CancellationToken ct)
    {
        var living = new LivingEc2(_ec2);
        var ec2 = all.Keys.Where(arn => arn.StartsWith("arn:aws:ec2:", StringComparison.Ordinal)).Select(arn => (Arn: arn, Name: arn.Split(':', 6)[5].Split('/', 2)));
        foreach (var type in ec2.Where(resource => resource.Name.Length == 2).GroupBy(resource => resource.Name[0]).ToList())
        {
            if (await living.IdsAsync(type.Key, ct) is not { } ids)
            {
                continue;
            }

            foreach (var (arn, _) in type.Where(resource => !ids.Contains(resource.Name[1])))
            {
                all.Remove(arn);
            }
        }
    }

    // A filter is a service, or a service and the type of its resource: "ec2", "ec2:vpc", "elasticloadbalancing:loadbalancer".
    private static bool IsOf(string arn, string filter)
    {
        var parts = arn.Split(':', 6);
        var wanted = filter.Split(':', 2);
        return parts[2] == wanted[0] && (wanted.Length == 1 || parts[5].Split('/', ':')[0] == wanted[1]);
    }

    public void Dispose() => _ec2.Dispose();
}
