using System.Buffers.Text;
using System.Text;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws;

/// <summary>A login to a cluster.</summary>
/// <param name="Token">The bearer token.</param>
/// <param name="Until">When to have a new one: before EKS refuses it, and no later than the credentials end that signed it.</param>
public sealed record EksLogin(string Token, DateTimeOffset Until);

/// <summary>Tokens with which an AWS identity logs in to an EKS cluster: a presigned <c>sts:GetCallerIdentity</c> that names the cluster.</summary>
public static class EksToken
{
    internal const string Prefix = "k8s-aws-v1.";
    internal const string ClusterHeader = "x-k8s-aws-id";

    // EKS itself counts 15 minutes from the URL's date whatever this says; 60 s is what AWS's own tools write.
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    // A minute before EKS's 15, as AWS's own tools say too: the clocks of both sides differ a little.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(14);

    /// <summary>Makes a token; cheap, and asks nobody but the source of the credentials when they are due.</summary>
    /// <exception cref="AwsException">There are no credentials (<see cref="AwsErrorCodes.NoCredentials"/>).</exception>
    public static async Task<EksLogin> CreateAsync(AwsSession session, string clusterName, CancellationToken ct = default)
    {
        var endpoint = session.EndpointOf(AwsService.Sts);
        var uri = new Uri(endpoint, "/?Action=GetCallerIdentity&Version=2011-06-15");
        var (credentials, end) = await session.GetTimedCredentialsAsync(ct);
        var url = AwsSignature.Presign(uri, new Dictionary<string, string> { [ClusterHeader] = clusterName }, "sts", session.Region,
            credentials, session.Now, Expiry);
        var token = Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(url.AbsoluteUri));
        var now = session.Options.Clock.GetUtcNow();
        return new EksLogin(token, end < now + Life ? end.Value : now + Life);
    }
}
