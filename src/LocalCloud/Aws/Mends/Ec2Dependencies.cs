using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// EC2 deletes nothing that something else still stands on. moto lets subnets, security groups and gateways go with interfaces in them,
/// which would hide the leaks that block a VPC in AWS.
/// </summary>
public sealed class Ec2Dependencies(AwsSession moto) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();

    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call.Service == "ec2"
        && call.Action is "DeleteSubnet" or "DeleteSecurityGroup" or "DeleteVpc" or "DetachInternetGateway" or "ReleaseAddress";

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var refusal = call.Action switch
        {
            "DeleteSubnet" => await SubnetAsync(call.Parameter("SubnetId"), ct),
            "DeleteSecurityGroup" => await SecurityGroupAsync(call.Parameter("GroupId"), ct),
            "DeleteVpc" => await VpcAsync(call.Parameter("VpcId"), ct),
            "DetachInternetGateway" => await GatewayAsync(call.Parameter("VpcId"), ct),
            _ => await AddressAsync(call.Parameter("AllocationId"), ct),
        };
        return refusal is var (code, message) ? AwsErrorReply.Make(call, 400, code, message) : await next(call);
    }

    private async Task<(string Code, string Message)?> SubnetAsync(string? id, CancellationToken ct) =>
        id is not null && (await InterfacesAsync("subnet-id", id, ct)).Count > 0
            ? Violation($"The subnet '{id}' has dependencies and cannot be deleted.")
            : null;

    private async Task<(string Code, string Message)?> SecurityGroupAsync(string? id, CancellationToken ct)
    {
        if (id is null)
        {
            return null;
        }

        var used = (await InterfacesAsync("group-id", id, ct)).Count > 0;
        if (!used)
        {
            var groups = (await _ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest(), ct)).SecurityGroups ?? [];
            used = groups.Any(group => group.GroupId != id && (group.IpPermissions ?? []).Concat(group.IpPermissionsEgress ?? [])
                .Any(permission => (permission.UserIdGroupPairs ?? []).Any(pair => pair.GroupId == id)));
        }

        return used ? Violation($"resource {id} has a dependent object") : null;
    }

    private async Task<(string Code, string Message)?> VpcAsync(string? id, CancellationToken ct)
    {
        if (id is null)
        {
            return null;
        }

        var groups = (await _ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { Filters = [new Filter("vpc-id", [id])] }, ct))
            .SecurityGroups ?? [];
        return groups.Any(group => group.GroupName != "default") || (await InterfacesAsync("vpc-id", id, ct)).Count > 0
            ? Violation($"The vpc '{id}' has dependencies and cannot be deleted.")
            : null;
    }

    private async Task<(string Code, string Message)?> GatewayAsync(string? vpc, CancellationToken ct) =>
        vpc is not null && (await InterfacesAsync("vpc-id", vpc, ct)).Any(one => one.Association?.PublicIp is { Length: > 0 })
            ? Violation($"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.")
            : null;

    private async Task<(string Code, string Message)?> AddressAsync(string? id, CancellationToken ct)
    {
        if (id is null)
        {
            return null;
        }

        var gateways = (await _ec2.DescribeNatGatewaysAsync(new DescribeNatGatewaysRequest
        {
            Filter = [new Filter("state", ["pending", "available", "deleting"])],
        }, ct)).NatGateways ?? [];
        return gateways.Any(gateway => gateway.NatGatewayAddresses?.Any(address => address.AllocationId == id) == true)
            ? ("InvalidIPAddress.InUse", $"Address with allocation id {id} is in use.")
            : null;
    }

    private async Task<List<NetworkInterface>> InterfacesAsync(string filter, string value, CancellationToken ct)
    {
        var found = await _ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { Filters = [new Filter(filter, [value])] }, ct);
        return found.NetworkInterfaces ?? [];
    }

    private static (string, string)? Violation(string message) => ("DependencyViolation", message);

    public void Dispose() => _ec2.Dispose();
}
