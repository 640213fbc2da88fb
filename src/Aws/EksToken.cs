using System.Buffers.Text;
using System.Text;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws;

/// <summary>Tokens with which an AWS identity logs in to an EKS cluster: a presigned <c>sts:GetCallerIdentity</c> that names the cluster.</summary>
public static class EksToken
{
    internal const string Prefix = "k8s-aws-v1.";
    internal const string ClusterHeader = "x-k8s-aws-id";

    // EKS itself counts 15 minutes from the URL's date whatever this says; 60 s is what AWS's own tools write.
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    /// <summary>Makes a token. It is good for 15 minutes; making one is cheap and asks nobody.</summary>
    public static async Task<string> CreateAsync(AwsSession session, string clusterName, CancellationToken ct = default)
    {
        var endpoint = session.EndpointOf(AwsService.Sts);
        var uri = new Uri(endpoint, "/?Action=GetCallerIdentity&Version=2011-06-15");
        var credentials = await session.GetCredentialsAsync(ct);
        var url = AwsSignature.Presign(uri, new Dictionary<string, string> { [ClusterHeader] = clusterName }, "sts", session.Region,
            credentials, session.Options.Clock.GetUtcNow(), Expiry);
        return Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(url.AbsoluteUri));
    }
}
