using System.Text;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>EC2 calls them <c>elastic-ip</c> and <c>natgateway</c> where moto says <c>vpc-elastic-ip</c> and <c>nat-gateway</c>.</summary>
public sealed class Ec2TagTypes : IMend
{
    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "ec2", Action: "DescribeTags" };

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var reply = await next(call);
        var text = reply.Text
            .Replace("<resourceType>vpc-elastic-ip</resourceType>", "<resourceType>elastic-ip</resourceType>", StringComparison.Ordinal)
            .Replace("<resourceType>nat-gateway</resourceType>", "<resourceType>natgateway</resourceType>", StringComparison.Ordinal);
        return reply with { Body = Encoding.UTF8.GetBytes(text) };
    }
}
