using Mayfly.TerraformProviders.Aws.Balancing;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Aws.Data;
using Mayfly.TerraformProviders.Aws.Databases;
using Mayfly.TerraformProviders.Aws.Dns;
using Mayfly.TerraformProviders.Aws.Ec2;
using Mayfly.TerraformProviders.Aws.Eks;
using Mayfly.TerraformProviders.Aws.Iam;
using Mayfly.TerraformProviders.Aws.Messages;
using Mayfly.TerraformProviders.Aws.Storage;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Aws;

/// <summary>The types that can be created and read, by name.</summary>
internal static class Types
{
    /// <summary>Resources.</summary>
    public static Dictionary<string, Func<Resource>> Resources(Func<AwsCloud> cloud) => new()
    {
        ["aws_acm_certificate"] = () => new Certificate(cloud()),
        ["aws_acm_certificate_validation"] = () => new CertificateValidation(cloud()),
        ["aws_cloudwatch_log_group"] = () => new LogGroup(cloud()),
        ["aws_db_instance"] = () => new DbInstance(cloud()),
        ["aws_db_subnet_group"] = () => new DbSubnetGroup(cloud()),
        ["aws_default_security_group"] = () => new DefaultSecurityGroup(cloud()),
        ["aws_dynamodb_table"] = () => new DynamoTable(cloud()),
        ["aws_ecr_lifecycle_policy"] = () => new EcrLifecyclePolicy(cloud()),
        ["aws_ecr_repository"] = () => new EcrRepository(cloud()),
        ["aws_eip"] = () => new ElasticIp(cloud()),
        ["aws_eks_access_entry"] = () => new AccessEntry(cloud()),
        ["aws_eks_access_policy_association"] = () => new AccessPolicyAssociation(cloud()),
        ["aws_eks_addon"] = () => new Addon(cloud()),
        ["aws_eks_cluster"] = () => new Cluster(cloud()),
        ["aws_eks_node_group"] = () => new NodeGroup(cloud()),
        ["aws_eks_pod_identity_association"] = () => new PodIdentityAssociation(cloud()),
        ["aws_elasticache_replication_group"] = () => new ReplicationGroup(cloud()),
        ["aws_elasticache_subnet_group"] = () => new CacheSubnetGroup(cloud()),
        ["aws_iam_instance_profile"] = () => new InstanceProfile(cloud()),
        ["aws_iam_openid_connect_provider"] = () => new OpenIdConnectProvider(cloud()),
        ["aws_iam_policy"] = () => new Policy(cloud()),
        ["aws_iam_role"] = () => new Role(cloud()),
        ["aws_iam_role_policy"] = () => new RolePolicy(cloud()),
        ["aws_iam_role_policy_attachment"] = () => new RolePolicyAttachment(cloud()),
        ["aws_internet_gateway"] = () => new InternetGateway(cloud()),
        ["aws_kms_alias"] = () => new KmsAlias(cloud()),
        ["aws_kms_key"] = () => new KmsKey(cloud()),
        ["aws_launch_template"] = () => new LaunchTemplate(cloud()),
        ["aws_lb"] = () => new LoadBalancer(cloud()),
        ["aws_lb_listener"] = () => new Listener(cloud()),
        ["aws_lb_listener_rule"] = () => new ListenerRule(cloud()),
        ["aws_lb_target_group"] = () => new TargetGroup(cloud()),
        ["aws_nat_gateway"] = () => new NatGateway(cloud()),
        ["aws_route"] = () => new Route(cloud()),
        ["aws_route53_record"] = () => new Record(cloud()),
        ["aws_route53_zone"] = () => new Zone(cloud()),
        ["aws_route_table"] = () => new RouteTable(cloud()),
        ["aws_route_table_association"] = () => new RouteTableAssociation(cloud()),
        ["aws_s3_bucket"] = () => new Bucket(cloud()),
        ["aws_s3_bucket_policy"] = () => new BucketPolicy(cloud()),
        ["aws_s3_bucket_public_access_block"] = () => new PublicAccessBlock(cloud()),
        ["aws_s3_bucket_server_side_encryption_configuration"] = () => new BucketEncryption(cloud()),
        ["aws_s3_bucket_versioning"] = () => new BucketVersioning(cloud()),
        ["aws_s3_object"] = () => new BucketObject(cloud()),
        ["aws_secretsmanager_secret"] = () => new Secret(cloud()),
        ["aws_secretsmanager_secret_version"] = () => new SecretVersion(cloud()),
        ["aws_security_group"] = () => new SecurityGroup(cloud()),
        ["aws_security_group_rule"] = () => new SecurityGroupRule(cloud()),
        ["aws_sns_topic"] = () => new Topic(cloud()),
        ["aws_sns_topic_subscription"] = () => new TopicSubscription(cloud()),
        ["aws_sqs_queue"] = () => new Queue(cloud()),
        ["aws_ssm_parameter"] = () => new Parameter(cloud()),
        ["aws_subnet"] = () => new Subnet(cloud()),
        ["aws_vpc"] = () => new Vpc(cloud()),
        ["aws_vpc_endpoint"] = () => new VpcEndpoint(cloud()),
        ["aws_vpc_security_group_egress_rule"] = () => new VpcSecurityGroupRule(cloud(), egress: true),
        ["aws_vpc_security_group_ingress_rule"] = () => new VpcSecurityGroupRule(cloud(), egress: false),
    };

    /// <summary>Data sources.</summary>
    public static Dictionary<string, Func<DataSource>> DataSources(Func<AwsCloud> cloud) => new()
    {
        ["aws_acm_certificate"] = () => new CertificateData(cloud()),
        ["aws_ami"] = () => new AmiData(cloud()),
        ["aws_availability_zones"] = () => new AvailabilityZones(cloud()),
        ["aws_caller_identity"] = () => new CallerIdentity(cloud()),
        ["aws_eks_cluster"] = () => new ClusterData(cloud()),
        ["aws_eks_cluster_auth"] = () => new ClusterAuth(cloud()),
        ["aws_iam_policy_document"] = () => new PolicyDocument(cloud()),
        ["aws_partition"] = () => new Partition(cloud()),
        ["aws_region"] = () => new Region(cloud()),
        ["aws_route53_zone"] = () => new HostedZone(cloud()),
        ["aws_ssm_parameter"] = () => new ParameterData(cloud()),
        ["aws_subnets"] = () => new SubnetsData(cloud()),
        ["aws_vpc"] = () => new VpcData(cloud()),
    };
}
