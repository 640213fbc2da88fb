using Mayfly.Aws.CloudWatchLogs.Model;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.CloudWatchLogs;

/// <summary>CloudWatch Logs, named and shaped as the SDK's client.</summary>
public sealed class AmazonCloudWatchLogsClient(AwsSession session)
{
    private readonly AwsJsonClient _client = new(session, AwsService.CloudWatchLogs, "Logs_20140328");

    public Task<CreateLogGroupResponse> CreateLogGroupAsync(CreateLogGroupRequest request, CancellationToken ct = default) =>
        _client.CallAsync("CreateLogGroup", request, LogsJson.Default.CreateLogGroupRequest, LogsJson.Default.CreateLogGroupResponse, ct);

    public Task<DeleteLogGroupResponse> DeleteLogGroupAsync(DeleteLogGroupRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteLogGroup", request, LogsJson.Default.DeleteLogGroupRequest, LogsJson.Default.DeleteLogGroupResponse, ct);

    public Task<DescribeLogGroupsResponse> DescribeLogGroupsAsync(DescribeLogGroupsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DescribeLogGroups", request, LogsJson.Default.DescribeLogGroupsRequest, LogsJson.Default.DescribeLogGroupsResponse, ct);

    public Task<PutRetentionPolicyResponse> PutRetentionPolicyAsync(PutRetentionPolicyRequest request, CancellationToken ct = default) =>
        _client.CallAsync("PutRetentionPolicy", request, LogsJson.Default.PutRetentionPolicyRequest, LogsJson.Default.PutRetentionPolicyResponse, ct);

    public Task<ListTagsForResourceResponse> ListTagsForResourceAsync(ListTagsForResourceRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ListTagsForResource", request, LogsJson.Default.ListTagsForResourceRequest, LogsJson.Default.ListTagsForResourceResponse, ct);
}
