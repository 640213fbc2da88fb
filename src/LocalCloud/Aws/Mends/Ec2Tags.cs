using System.Text;
using System.Xml.Linq;
using Amazon.EC2;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Aws.Mends;

/// <summary>
/// The tags that EC2 lists. moto goes on listing those of what was deleted, does not filter by <c>tag:KEY</c>, and says <c>vpc-elastic-ip</c> and <c>nat-gateway</c> for
/// <c>elastic-ip</c> and <c>natgateway</c>.
/// </summary>
public sealed class Ec2Tags(AwsSession moto) : IMend, IDisposable
{
    private readonly AmazonEC2Client _ec2 = moto.CreateEc2();

    /// <inheritdoc />
    public bool Concerns(AwsCall call) => call is { Service: "ec2", Action: "DescribeTags" };

    /// <inheritdoc />
    public async Task<AwsReply> AnswerAsync(AwsCall call, Func<AwsCall, Task<AwsReply>> next, CancellationToken ct)
    {
        var reply = await next(call);
        if (!reply.IsSuccess)
        {
            return reply;
        }

        var document = XDocument.Parse(reply.Text);
        foreach (var tag in document.Descendants().Where(element => element.Name.LocalName == "resourceType").Select(element => element.Parent!).ToList())
        {
            if (!Matches(call, tag))
            {
                tag.Remove();
            }
        }

        var living = new LivingEc2(_ec2);
        foreach (var type in document.Descendants().Where(element => element.Name.LocalName == "resourceType").GroupBy(element => element.Value).ToList())
        {
            var ids = await living.IdsAsync(type.Key, ct);
            foreach (var element in type.ToList())
            {
                if (ids?.Contains(element.Parent!.Elements().First(sibling => sibling.Name.LocalName == "resourceId").Value) == false)
                {
                    element.Parent!.Remove();
                }
                else
                {
                    element.Value = NameOf(type.Key);
                }
            }
        }

        return reply with { Body = Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting)) };
    }

    // moto does not know the filter "tag:KEY".
    private static bool Matches(AwsCall call, XElement tag)
    {
        string? Text(string name) => tag.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        for (var number = 1; call.Parameter($"Filter.{number}.Name") is { } filter; number++)
        {
            if (filter.StartsWith("tag:", StringComparison.Ordinal)
                && (Text("key") != filter["tag:".Length..] || !call.List($"Filter.{number}.Value").Contains(Text("value"))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>EC2's word for moto's.</summary>
    internal static string NameOf(string type) => type switch
    {
        "vpc-elastic-ip" => "elastic-ip",
        "nat-gateway" => "natgateway",
        _ => type,
    };

    public void Dispose() => _ec2.Dispose();
}
