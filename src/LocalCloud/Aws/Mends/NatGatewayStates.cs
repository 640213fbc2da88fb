using System.Collections.Concurrent;
using System.Text;
using System.Xml.Linq;
using Amazon.EC2;
using Amazon.EC2.Model;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// A NAT gateway is pending before it is available, and deleting before it is deleted, while its interface goes. moto switches at once
/// and leaves the interface behind, which would block the subnet for ever.
/// </summary>
public sealed class NatGatewayStates(AwsSession moto, TimeProvider clock, TimeSpan change) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();
    private readonly ConcurrentDictionary<string, (string State, long Since)> _changing = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public bool Concerns(AwsCall call) =>
        call.Service == "ec2" && call.Action is "CreateNatGateway" or "DescribeNatGateways" or "DeleteNatGateway";

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var interfaces = call.Action == "DeleteNatGateway" ? await InterfacesAsync(call.Parameter("NatGatewayId"), ct) : [];
        var reply = await next(call);
        if (!reply.IsSuccess)
        {
            return reply;
        }

        if (call.Action == "DeleteNatGateway")
        {
            foreach (var id in interfaces)
            {
                await _ec2.DeleteNetworkInterfaceAsync(new DeleteNetworkInterfaceRequest { NetworkInterfaceId = id }, ct);
            }

            _changing[call.Parameter("NatGatewayId")!] = ("deleting", clock.GetTimestamp());
            return reply;
        }

        var document = XDocument.Parse(reply.Text);
        foreach (var gateway in document.Descendants().Where(element => Child(element, "natGatewayId") is not null).ToList())
        {
            var id = Child(gateway, "natGatewayId")!.Value;
            if (call.Action == "CreateNatGateway")
            {
                _changing[id] = ("pending", clock.GetTimestamp());
            }

            if (Changing(id) is { } state && Child(gateway, "state") is { } element)
            {
                element.Value = state;
            }
        }

        return reply with { Body = Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting)) };
    }

    private string? Changing(string id)
    {
        if (!_changing.TryGetValue(id, out var known))
        {
            return null;
        }

        if (clock.GetElapsedTime(known.Since) < change)
        {
            return known.State;
        }

        _changing.TryRemove(id, out _);
        return null;
    }

    private async Task<List<string>> InterfacesAsync(string? id, CancellationToken ct)
    {
        var found = await _ec2.DescribeNatGatewaysAsync(new DescribeNatGatewaysRequest { Filter = [new Filter("nat-gateway-id", [id])] }, ct);
        return [.. (found.NatGateways ?? []).Where(gateway => gateway.State != NatGatewayState.Deleted)
            .SelectMany(gateway => gateway.NatGatewayAddresses ?? []).Select(address => address.NetworkInterfaceId)];
    }

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public void Dispose() => _ec2.Dispose();
}
