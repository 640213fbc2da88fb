using Amazon.Runtime;
using Mayfly.Aws;

namespace Mayfly.LocalCloud.Edge;

/// <summary>Sessions of the local cloud's own parts towards its AWS.</summary>
public static class CloudSessions
{
    /// <summary>A session with the cloud's own credentials.</summary>
    /// <param name="cloud">The cloud.</param>
    /// <param name="application">Who asks.</param>
    /// <param name="maxAttempts">Tries of a request; who has a loop of its own takes one.</param>
    public static AwsSession OpenSession(this CloudContext cloud, string application, int maxAttempts = 1) => new(new AwsSessionOptions
    {
        Endpoint = cloud.AwsEndpoint,
        Region = cloud.Region,
        Credentials = new BasicAWSCredentials(CloudContext.AccessKey, CloudContext.SecretKey),
        MaxAttempts = maxAttempts,
        Application = application,
        Clock = cloud.Clock,
    });
}
