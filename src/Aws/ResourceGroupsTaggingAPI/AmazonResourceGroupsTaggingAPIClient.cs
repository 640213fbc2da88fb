using Mayfly.Aws.Protocols;
using Mayfly.Aws.ResourceGroupsTaggingAPI.Model;

namespace Mayfly.Aws.ResourceGroupsTaggingAPI;

/// <summary>The tagging API, named and shaped as the SDK's client.</summary>
public sealed class AmazonResourceGroupsTaggingAPIClient(AwsSession session)
{
    private readonly AwsJsonClient _client =
        new(session, AwsService.ResourceGroupsTaggingApi, "ResourceGroupsTaggingAPI_20170126");

    public Task<GetResourcesResponse> GetResourcesAsync(GetResourcesRequest request, CancellationToken ct = default) =>
        _client.CallAsync("GetResources", request, TaggingJson.Default.GetResourcesRequest, TaggingJson.Default.GetResourcesResponse, ct);
}
