using Mayfly.Aws;
using Mayfly.Aws.CloudWatchLogs;
using Mayfly.Aws.CloudWatchLogs.Model;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>The log group that a control plane writes to, and makes when it is missing.</summary>
internal sealed class EksLogGroup(EksOptions options)
{
    private readonly AmazonCloudWatchLogsClient _logs = options.Moto.CreateCloudWatchLogs();

    public async Task EnsureAsync(EksCluster cluster, CancellationToken ct)
    {
        try
        {
            await _logs.CreateLogGroupAsync(new CreateLogGroupRequest($"/aws/eks/{cluster.Name}/cluster"), ct);
        }
        catch (AwsException exception) when (exception.Code == "ResourceAlreadyExistsException")
        {
            // It is written to as it is.
        }
    }
}
