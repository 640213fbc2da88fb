using System.Text.Json.Serialization;

namespace Mayfly.Aws.CloudWatchLogs.Model;

public sealed record LogGroup
{
    public string? LogGroupName { get; init; }
    public string? Arn { get; init; }
    public string? LogGroupArn { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long? CreationTime { get; init; }
    public int? RetentionInDays { get; init; }
    public string? KmsKeyId { get; init; }
}

public sealed record CreateLogGroupRequest(string LogGroupName)
{
    public Dictionary<string, string>? Tags { get; init; }
}

public sealed record CreateLogGroupResponse;

public sealed record DeleteLogGroupRequest(string LogGroupName);

public sealed record DeleteLogGroupResponse;

public sealed record DescribeLogGroupsRequest
{
    public string? LogGroupNamePrefix { get; init; }
    public int? Limit { get; init; }
    public string? NextToken { get; init; }
}

public sealed record DescribeLogGroupsResponse(List<LogGroup> LogGroups, string? NextToken);

public sealed record PutRetentionPolicyRequest(string LogGroupName, int RetentionInDays);

public sealed record PutRetentionPolicyResponse;

public sealed record ListTagsForResourceRequest(string ResourceArn);

public sealed record ListTagsForResourceResponse(Dictionary<string, string>? Tags);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateLogGroupRequest))]
[JsonSerializable(typeof(CreateLogGroupResponse))]
[JsonSerializable(typeof(DeleteLogGroupRequest))]
[JsonSerializable(typeof(DeleteLogGroupResponse))]
[JsonSerializable(typeof(DescribeLogGroupsRequest))]
[JsonSerializable(typeof(DescribeLogGroupsResponse))]
[JsonSerializable(typeof(PutRetentionPolicyRequest))]
[JsonSerializable(typeof(PutRetentionPolicyResponse))]
[JsonSerializable(typeof(ListTagsForResourceRequest))]
[JsonSerializable(typeof(ListTagsForResourceResponse))]
internal sealed partial class LogsJson : JsonSerializerContext;
