using Mayfly.Aws.CertificateManager;
using Mayfly.Aws.CloudWatchLogs;
using Mayfly.Aws.EKS;
using Mayfly.Aws.ElasticLoadBalancingV2;
using Mayfly.Aws.IdentityManagement;
using Mayfly.Aws.ResourceGroupsTaggingAPI;
using Mayfly.Aws.Route53;
using Mayfly.Aws.SecretsManager;

namespace Mayfly.Aws;

/// <summary>The typed clients for services whose SDK package is not used, made from a session. All are cheap and keep nothing open.</summary>
public static class AwsClients
{
    public static AmazonCertificateManagerClient CreateCertificateManager(this AwsSession session) => new(session);

    public static AmazonCloudWatchLogsClient CreateCloudWatchLogs(this AwsSession session) => new(session);

    public static AmazonEKSClient CreateEks(this AwsSession session) => new(session);

    public static AmazonElasticLoadBalancingV2Client CreateElasticLoadBalancingV2(this AwsSession session) => new(session);

    public static AmazonIdentityManagementServiceClient CreateIam(this AwsSession session) => new(session);

    public static AmazonResourceGroupsTaggingAPIClient CreateResourceGroupsTagging(this AwsSession session) => new(session);

    public static AmazonRoute53Client CreateRoute53(this AwsSession session) => new(session);

    public static AmazonSecretsManagerClient CreateSecretsManager(this AwsSession session) => new(session);
}
