using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Aws.Data;
using Mayfly.TerraformProviders.Aws.Ec2;
using Mayfly.TerraformProviders.Aws.Eks;
using Mayfly.TerraformProviders.Aws.Iam;
using Mayfly.TerraformProviders.Aws.Storage;
using Mayfly.TerraformProviders.Resources;

namespace Mayfly.TerraformProviders.Aws;

/// <summary>The types that can be created and read, by name.</summary>
internal static class Types
{
    /// <summary>Resources.</summary>
    public static Dictionary<string, Func<Resource>> Resources(Func<AwsCloud> cloud) => new()
    {
        ["aws_cloudwatch_log_group"] = () => new LogGroup(cloud()),
        ["aws_default_security_group"] = () => new DefaultSecurityGroup(cloud()),
        ["aws_eip"] = () => new ElasticIp(cloud()),
        ["aws_eks_cluster"] = () => new Cluster(cloud()),
        ["aws_eks_node_group"] = () => new NodeGroup(cloud()),
        ["aws_iam_instance_profile"] = () => new InstanceProfile(cloud()),
        ["aws_iam_openid_connect_provider"] = () => new OpenIdConnectProvider(cloud()),
        ["aws_iam_policy"] = () => new Policy(cloud()),
        ["aws_iam_role"] = () => new Role(cloud()),
        ["aws_iam_role_policy"] = () => new RolePolicy(cloud()),
        ["aws_iam_role_policy_attachment"] = () => new RolePolicyAttachment(cloud()),
        ["aws_internet_gateway"] = () => new InternetGateway(cloud()),
        ["aws_nat_gateway"] = () => new NatGateway(cloud()),
        ["aws_route"] = () => new Route(cloud()),
        ["aws_route_table"] = () => new RouteTable(cloud()),
        ["aws_route_table_association"] = () => new RouteTableAssociation(cloud()),
        ["aws_secretsmanager_secret"] = () => new Secret(cloud()),
        ["aws_secretsmanager_secret_version"] = () => new SecretVersion(cloud()),
        ["aws_security_group"] = () => new SecurityGroup(cloud()),
        ["aws_security_group_rule"] = () => new SecurityGroupRule(cloud()),
        ["aws_subnet"] = () => new Subnet(cloud()),
        ["aws_vpc"] = () => new Vpc(cloud()),
        ["aws_vpc_endpoint"] = () => new VpcEndpoint(cloud()),
        ["aws_vpc_security_group_egress_rule"] = () => new VpcSecurityGroupRule(cloud(), egress: true),
        ["aws_vpc_security_group_ingress_rule"] = () => new VpcSecurityGroupRule(cloud(), egress: false),
    };

    /// <summary>Data sources.</summary>
    public static Dictionary<string, Func<DataSource>> DataSources(Func<AwsCloud> cloud) => new()
    {
        ["aws_availability_zones"] = () => new AvailabilityZones(cloud()),
        ["aws_caller_identity"] = () => new CallerIdentity(cloud()),
        ["aws_eks_cluster"] = () => new ClusterData(cloud()),
        ["aws_eks_cluster_auth"] = () => new ClusterAuth(cloud()),
        ["aws_iam_policy_document"] = () => new PolicyDocument(cloud()),
        ["aws_partition"] = () => new Partition(cloud()),
        ["aws_region"] = () => new Region(cloud()),
        ["aws_route53_zone"] = () => new HostedZone(cloud()),
    };
}
