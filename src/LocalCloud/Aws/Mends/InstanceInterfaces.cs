using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>An instance takes its first interface with it when it ends. moto leaves it in the subnet unless it was told otherwise.</summary>
public sealed class InstanceInterfaces(AwsSession moto) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();

    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "ec2", Action: "TerminateInstances" };

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var filter = new Filter("attachment.instance-id", [.. call.List("InstanceId")]);
        var found = await _ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { Filters = [filter] }, ct);
        var reply = await next(call);
        if (!reply.IsSuccess)
        {
            return reply;
        }

        foreach (var one in (found.NetworkInterfaces ?? []).Where(one => one.Attachment?.DeviceIndex == 0))
        {
            var deleted = await AwsObservation.LookAsync(() => _ec2.DeleteNetworkInterfaceAsync(
                new DeleteNetworkInterfaceRequest { NetworkInterfaceId = one.NetworkInterfaceId }, ct));
            if (deleted is AwsObservation<DeleteNetworkInterfaceResponse>.Unknown { Cause: var cause })
            {
                return AwsErrorReply.Make(call, 500, cause.Code, cause.Message);
            }
        }

        return reply;
    }

    public void Dispose() => _ec2.Dispose();
}
