using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Mayfly.Aws.EKS.Model;
using Mayfly.Aws.Protocols;
using static Mayfly.Aws.Protocols.AwsRequest;

namespace Mayfly.Aws.EKS;

/// <summary>EKS, named and shaped as the SDK's client.</summary>
public sealed class AmazonEKSClient(AwsSession session)
{
    private readonly AwsRestJsonClient _client = new(session, AwsService.Eks);

    public Task<DescribeClusterResponse> DescribeClusterAsync(DescribeClusterRequest request, CancellationToken ct = default) =>
        Get("DescribeCluster", PathOf($"/clusters/{request.Name}"), EksJson.Default.DescribeClusterResponse, ct);

    public Task<DeleteClusterResponse> DeleteClusterAsync(DeleteClusterRequest request, CancellationToken ct = default) =>
        Delete("DeleteCluster", PathOf($"/clusters/{request.Name}"), EksJson.Default.DeleteClusterResponse, ct);

    public Task<ListClustersResponse> ListClustersAsync(ListClustersRequest request, CancellationToken ct = default) =>
        List("ListClusters", "/clusters", request.MaxResults, request.NextToken, EksJson.Default.ListClustersResponse, ct);

    public Task<DescribeNodegroupResponse> DescribeNodegroupAsync(DescribeNodegroupRequest request, CancellationToken ct = default) =>
        Get("DescribeNodegroup", PathOf($"/clusters/{request.ClusterName}/node-groups/{request.NodegroupName}"),
            EksJson.Default.DescribeNodegroupResponse, ct);

    public Task<DeleteNodegroupResponse> DeleteNodegroupAsync(DeleteNodegroupRequest request, CancellationToken ct = default) =>
        Delete("DeleteNodegroup", PathOf($"/clusters/{request.ClusterName}/node-groups/{request.NodegroupName}"),
            EksJson.Default.DeleteNodegroupResponse, ct);

    /// <summary>Scales a node group; the answer, an update that goes on by itself, is not needed.</summary>
    public Task UpdateNodegroupConfigAsync(UpdateNodegroupConfigRequest request, CancellationToken ct = default) =>
        _client.CallAsync("UpdateNodegroupConfig", HttpMethod.Post, PathOf($"/clusters/{request.ClusterName}/node-groups/{request.NodegroupName}/update-config"),
            new System.Text.Json.Nodes.JsonObject
            {
                ["clientRequestToken"] = Guid.CreateVersion7().ToString(),
                ["scalingConfig"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["minSize"] = request.ScalingConfig.MinSize,
                    ["maxSize"] = request.ScalingConfig.MaxSize,
                    ["desiredSize"] = request.ScalingConfig.DesiredSize,
                },
            }, ct: ct);

    public Task<ListNodegroupsResponse> ListNodegroupsAsync(ListNodegroupsRequest request, CancellationToken ct = default) =>
        List("ListNodegroups", PathOf($"/clusters/{request.ClusterName}/node-groups"), request.MaxResults, request.NextToken,
            EksJson.Default.ListNodegroupsResponse, ct);

    public Task<DescribeAddonResponse> DescribeAddonAsync(DescribeAddonRequest request, CancellationToken ct = default) =>
        Get("DescribeAddon", PathOf($"/clusters/{request.ClusterName}/addons/{request.AddonName}"), EksJson.Default.DescribeAddonResponse, ct);

    public Task<DeleteAddonResponse> DeleteAddonAsync(DeleteAddonRequest request, CancellationToken ct = default) =>
        Delete("DeleteAddon", PathOf($"/clusters/{request.ClusterName}/addons/{request.AddonName}"), EksJson.Default.DeleteAddonResponse, ct);

    public Task<ListAddonsResponse> ListAddonsAsync(ListAddonsRequest request, CancellationToken ct = default) =>
        List("ListAddons", PathOf($"/clusters/{request.ClusterName}/addons"), request.MaxResults, request.NextToken,
            EksJson.Default.ListAddonsResponse, ct);

    public Task<ListFargateProfilesResponse> ListFargateProfilesAsync(ListFargateProfilesRequest request, CancellationToken ct = default) =>
        List("ListFargateProfiles", PathOf($"/clusters/{request.ClusterName}/fargate-profiles"), request.MaxResults, request.NextToken,
            EksJson.Default.ListFargateProfilesResponse, ct);

    public Task<DeleteFargateProfileResponse> DeleteFargateProfileAsync(DeleteFargateProfileRequest request, CancellationToken ct = default) =>
        Delete("DeleteFargateProfile", PathOf($"/clusters/{request.ClusterName}/fargate-profiles/{request.FargateProfileName}"),
            EksJson.Default.DeleteFargateProfileResponse, ct);

    public Task<DescribeAccessEntryResponse> DescribeAccessEntryAsync(DescribeAccessEntryRequest request, CancellationToken ct = default) =>
        Get("DescribeAccessEntry", PathOf($"/clusters/{request.ClusterName}/access-entries/{request.PrincipalArn}"),
            EksJson.Default.DescribeAccessEntryResponse, ct);

    public Task<ListAccessEntriesResponse> ListAccessEntriesAsync(ListAccessEntriesRequest request, CancellationToken ct = default) =>
        List("ListAccessEntries", PathOf($"/clusters/{request.ClusterName}/access-entries"), request.MaxResults, request.NextToken,
            EksJson.Default.ListAccessEntriesResponse, ct);

    private Task<T> Get<T>(string operation, string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        _client.CallAsync(operation, HttpMethod.Get, path, type, ct: ct);

    private Task<T> Delete<T>(string operation, string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        _client.CallAsync(operation, HttpMethod.Delete, path, type, ct: ct);

    private Task<T> List<T>(string operation, string path, int? max, string? token, JsonTypeInfo<T> type, CancellationToken ct)
    {
        List<KeyValuePair<string, string>> query = [];
        if (max is { } limit)
        {
            query.Add(new("maxResults", limit.ToString(CultureInfo.InvariantCulture)));
        }

        if (token is not null)
        {
            query.Add(new("nextToken", token));
        }

        return _client.CallAsync(operation, HttpMethod.Get, path, type, query, ct);
    }
}
