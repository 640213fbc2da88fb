using Mayfly.Aws;

namespace Mayfly.TerraformProviders.Aws.Core;

/// <summary>How a service is spoken to.</summary>
/// <param name="Service">The service.</param>
/// <param name="Version">The query protocol's version; null: the service speaks another protocol.</param>
/// <param name="Target">What stands before the dot of a JSON target; null: the service speaks another protocol.</param>
/// <param name="Json">The version of the JSON protocol.</param>
internal sealed record AwsApi(AwsService Service, string? Version = null, string? Target = null, string Json = "1.1")
{
    public static readonly AwsApi Acm = new(AwsService.Acm, Target: "CertificateManager");
    public static readonly AwsApi DynamoDb = new(AwsService.DynamoDb, Target: "DynamoDB_20120810", Json: "1.0");
    public static readonly AwsApi Ec2 = new(AwsService.Ec2, "2016-11-15");
    public static readonly AwsApi Ecr = new(AwsService.Ecr, Target: "AmazonEC2ContainerRegistry_V20150921");
    public static readonly AwsApi ElastiCache = new(AwsService.ElastiCache, "2015-02-02");
    public static readonly AwsApi Elb = new(AwsService.ElasticLoadBalancingV2, "2015-12-01");
    public static readonly AwsApi Iam = new(AwsService.Iam, "2010-05-08");
    public static readonly AwsApi Kms = new(AwsService.Kms, Target: "TrentService");
    public static readonly AwsApi Logs = new(AwsService.CloudWatchLogs, Target: "Logs_20140328");
    public static readonly AwsApi Rds = new(AwsService.Rds, "2014-10-31");
    public static readonly AwsApi Secrets = new(AwsService.SecretsManager, Target: "secretsmanager");
    public static readonly AwsApi Sns = new(AwsService.Sns, "2010-03-31");
    public static readonly AwsApi Sqs = new(AwsService.Sqs, Target: "AmazonSQS", Json: "1.0");
    public static readonly AwsApi Ssm = new(AwsService.Ssm, Target: "AmazonSSM");
    public static readonly AwsApi Sts = new(AwsService.Sts, "2011-06-15");
}
