namespace Mayfly.Aws;

/// <summary>What has to be known of an AWS service to find and sign for it.</summary>
/// <param name="Id">The service id of AWS's models; also names the variable <c>AWS_ENDPOINT_URL_…</c>.</param>
/// <param name="SigningName">The service in a signature's scope.</param>
/// <param name="EndpointPrefix">The first label of its host name.</param>
public sealed record AwsService(string Id, string SigningName, string EndpointPrefix)
{
    /// <summary>A service that has one endpoint a partition, in no region; it signs for this region. Null: regional.</summary>
    public string? GlobalRegion { get; init; }

    /// <summary>The part of <c>AWS_ENDPOINT_URL_…</c> that stands for this service.</summary>
    public string VariableSuffix => Id.Replace(' ', '_').Replace('-', '_').ToUpperInvariant();

    public static readonly AwsService Acm = new("ACM", "acm", "acm");
    public static readonly AwsService AutoScaling = new("Auto Scaling", "autoscaling", "autoscaling");
    public static readonly AwsService CloudWatchLogs = new("CloudWatch Logs", "logs", "logs");
    public static readonly AwsService DynamoDb = new("DynamoDB", "dynamodb", "dynamodb");
    public static readonly AwsService Ec2 = new("EC2", "ec2", "ec2");
    public static readonly AwsService Ecr = new("ECR", "ecr", "api.ecr");
    public static readonly AwsService Eks = new("EKS", "eks", "eks");
    public static readonly AwsService ElastiCache = new("ElastiCache", "elasticache", "elasticache");
    public static readonly AwsService ElasticLoadBalancingV2 =
        new("Elastic Load Balancing v2", "elasticloadbalancing", "elasticloadbalancing");
    public static readonly AwsService EventBridge = new("EventBridge", "events", "events");
    public static readonly AwsService Iam = new("IAM", "iam", "iam") { GlobalRegion = "us-east-1" };
    public static readonly AwsService Kms = new("KMS", "kms", "kms");
    public static readonly AwsService Rds = new("RDS", "rds", "rds");
    public static readonly AwsService ResourceGroupsTaggingApi = new("Resource Groups Tagging API", "tagging", "tagging");
    public static readonly AwsService Route53 = new("Route 53", "route53", "route53") { GlobalRegion = "us-east-1" };
    public static readonly AwsService S3 = new("S3", "s3", "s3");
    public static readonly AwsService SecretsManager = new("Secrets Manager", "secretsmanager", "secretsmanager");
    public static readonly AwsService Sns = new("SNS", "sns", "sns");
    public static readonly AwsService Sqs = new("SQS", "sqs", "sqs");
    public static readonly AwsService Ssm = new("SSM", "ssm", "ssm");
    public static readonly AwsService Sts = new("STS", "sts", "sts");
}
