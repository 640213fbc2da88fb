using System.Text.Json.Nodes;
using Mayfly.Aws;
using Mayfly.LocalCloud.Tests.Aws;
using Mayfly.TerraformProviders.Aws.Core;

namespace Mayfly.LocalCloud.Tests.ProvidersAws;

/// <summary>What there is in an account.</summary>
internal static class Leftovers
{
    private static readonly (AwsApi Api, string Operation, string List, Func<JsonObject> Input)[] Lists =
    [
        (AwsApi.Ec2, "DescribeVpcs", "vpcSet", Nothing), (AwsApi.Ec2, "DescribeSubnets", "subnetSet", Nothing),
        (AwsApi.Ec2, "DescribeInternetGateways", "internetGatewaySet", Nothing), (AwsApi.Ec2, "DescribeAddresses", "addressesSet", Nothing),
        (AwsApi.Ec2, "DescribeRouteTables", "routeTableSet", Nothing), (AwsApi.Ec2, "DescribeSecurityGroups", "securityGroupInfo", Nothing),
        (AwsApi.Ec2, "DescribeVpcEndpoints", "vpcEndpointSet", Nothing), (AwsApi.Ec2, "DescribeLaunchTemplates", "launchTemplates", Nothing),
        (AwsApi.Iam, "ListRoles", "Roles", Nothing), (AwsApi.Iam, "ListPolicies", "Policies", () => new() { ["Scope"] = "Local" }),
        (AwsApi.Iam, "ListInstanceProfiles", "InstanceProfiles", Nothing), (AwsApi.Iam, "ListOpenIDConnectProviders", "OpenIDConnectProviderList", Nothing),
        (AwsApi.Secrets, "ListSecrets", "SecretList", Nothing), (AwsApi.Ecr, "DescribeRepositories", "repositories", Nothing),
        (AwsApi.Elb, "DescribeLoadBalancers", "LoadBalancers", Nothing), (AwsApi.Elb, "DescribeTargetGroups", "TargetGroups", Nothing),
        (AwsApi.Sqs, "ListQueues", "QueueUrls", Nothing), (AwsApi.Sns, "ListTopics", "Topics", Nothing), (AwsApi.DynamoDb, "ListTables", "TableNames", Nothing),
        (AwsApi.Rds, "DescribeDBInstances", "DBInstances", Nothing), (AwsApi.Rds, "DescribeDBSubnetGroups", "DBSubnetGroups", Nothing),
        (AwsApi.ElastiCache, "DescribeReplicationGroups", "ReplicationGroups", Nothing), (AwsApi.Acm, "ListCertificates", "CertificateSummaryList", Nothing),
        (AwsApi.Ssm, "DescribeParameters", "Parameters", Nothing), (AwsApi.Kms, "ListAliases", "Aliases", Nothing),
    ];

    /// <summary>How many there are of each kind.</summary>
    public static async Task<string> CountAsync(LocalAwsFixture aws)
    {
        var ct = TestContext.Current.CancellationToken;
        var cloud = CloudOf(aws);
        var counts = new List<string>();
        foreach (var (api, operation, list, input) in Lists)
        {
            counts.Add($"{operation} {(await cloud.CallAsync(api, operation, input(), ct)).Items(list).Count(each => (each.Text("state") ?? each.Text("Status")) is not ("deleted" or "deleting"))}");
        }

        counts.Add($"clusters {(await cloud.EksAsync("ListClusters", HttpMethod.Get, $"/clusters", null, ct)).Items("clusters").Count}");
        counts.Add($"zones {(await cloud.XmlAsync(AwsService.Route53, "ListHostedZones", HttpMethod.Get, $"/2013-04-01/hostedzone", null, ct)).Items("HostedZones").Count}");
        counts.Add($"buckets {(await cloud.XmlAsync(AwsService.S3, "ListBuckets", HttpMethod.Get, $"/", null, ct)).Items("Buckets").Count}");
        return string.Join('\n', counts);
    }

    /// <summary>The account, as the provider asks it.</summary>
    public static AwsCloud CloudOf(LocalAwsFixture aws) => new(new AwsCloudOptions { Session = aws.Aws.Session.Options });

    private static JsonObject Nothing() => [];
}
