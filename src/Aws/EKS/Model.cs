using System.Text.Json.Serialization;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.EKS.Model;

public sealed record Cluster
{
    public string? Name { get; init; }
    public string? Arn { get; init; }
    public DateTime? CreatedAt { get; init; }
    public string? Version { get; init; }
    public string? Endpoint { get; init; }
    public string? RoleArn { get; init; }
    public VpcConfigResponse? ResourcesVpcConfig { get; init; }
    public Identity? Identity { get; init; }

    /// <summary>CREATING, ACTIVE, DELETING, FAILED, UPDATING or PENDING.</summary>
    public string? Status { get; init; }
    public Certificate? CertificateAuthority { get; init; }
    public string? PlatformVersion { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
    public AccessConfigResponse? AccessConfig { get; init; }
    public ClusterHealth? Health { get; init; }
}

public sealed record VpcConfigResponse
{
    public List<string>? SubnetIds { get; init; }
    public List<string>? SecurityGroupIds { get; init; }
    public string? ClusterSecurityGroupId { get; init; }
    public string? VpcId { get; init; }
    public bool? EndpointPublicAccess { get; init; }
    public bool? EndpointPrivateAccess { get; init; }
    public List<string>? PublicAccessCidrs { get; init; }
}

public sealed record Identity
{
    public Oidc? Oidc { get; init; }
}

public sealed record Oidc
{
    public string? Issuer { get; init; }
}

public sealed record Certificate
{
    public string? Data { get; init; }
}

public sealed record AccessConfigResponse
{
    public string? AuthenticationMode { get; init; }
    public bool? BootstrapClusterCreatorAdminPermissions { get; init; }
}

public sealed record ClusterHealth
{
    public List<ClusterIssue>? Issues { get; init; }
}

public sealed record ClusterIssue
{
    public string? Code { get; init; }
    public string? Message { get; init; }
    public List<string>? ResourceIds { get; init; }
}

public sealed record Nodegroup
{
    public string? NodegroupName { get; init; }
    public string? NodegroupArn { get; init; }
    public string? ClusterName { get; init; }
    public string? Version { get; init; }
    public DateTime? CreatedAt { get; init; }

    /// <summary>CREATING, ACTIVE, UPDATING, DELETING, CREATE_FAILED, DELETE_FAILED or DEGRADED.</summary>
    public string? Status { get; init; }
    public NodegroupScalingConfig? ScalingConfig { get; init; }
    public List<string>? InstanceTypes { get; init; }
    public List<string>? Subnets { get; init; }
    public string? NodeRole { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
    public NodegroupResources? Resources { get; init; }
    public NodegroupHealth? Health { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
}

public sealed record NodegroupScalingConfig
{
    public int? MinSize { get; init; }
    public int? MaxSize { get; init; }
    public int? DesiredSize { get; init; }
}

public sealed record NodegroupResources
{
    public List<AutoScalingGroup>? AutoScalingGroups { get; init; }
    public string? RemoteAccessSecurityGroup { get; init; }
}

public sealed record AutoScalingGroup
{
    public string? Name { get; init; }
}

public sealed record NodegroupHealth
{
    public List<Issue>? Issues { get; init; }
}

public sealed record Issue
{
    public string? Code { get; init; }
    public string? Message { get; init; }
    public List<string>? ResourceIds { get; init; }
}

public sealed record Addon
{
    public string? AddonName { get; init; }
    public string? ClusterName { get; init; }
    public string? AddonVersion { get; init; }

    /// <summary>CREATING, ACTIVE, CREATE_FAILED, UPDATING, DELETING, DELETE_FAILED, DEGRADED or UPDATE_FAILED.</summary>
    public string? Status { get; init; }
    public string? AddonArn { get; init; }
    public DateTime? CreatedAt { get; init; }
    public Dictionary<string, string>? Tags { get; init; }
}

public sealed record FargateProfile
{
    public string? FargateProfileName { get; init; }
    public string? ClusterName { get; init; }
    public string? Status { get; init; }
}

public sealed record AccessEntry
{
    public string? ClusterName { get; init; }
    public string? PrincipalArn { get; init; }
    public List<string>? KubernetesGroups { get; init; }
    public string? AccessEntryArn { get; init; }
    public string? Username { get; init; }
    public string? Type { get; init; }
}

public sealed record DescribeClusterRequest(string Name);
public sealed record DescribeClusterResponse(Cluster Cluster);
public sealed record DeleteClusterRequest(string Name);
public sealed record DeleteClusterResponse(Cluster Cluster);
public sealed record ListClustersRequest(int? MaxResults = null, string? NextToken = null);
public sealed record ListClustersResponse(List<string> Clusters, string? NextToken);
public sealed record DescribeNodegroupRequest(string ClusterName, string NodegroupName);
public sealed record DescribeNodegroupResponse(Nodegroup Nodegroup);
public sealed record DeleteNodegroupRequest(string ClusterName, string NodegroupName);
public sealed record DeleteNodegroupResponse(Nodegroup Nodegroup);
public sealed record UpdateNodegroupConfigRequest(string ClusterName, string NodegroupName, NodegroupScalingConfig ScalingConfig);
public sealed record ListNodegroupsRequest(string ClusterName, int? MaxResults = null, string? NextToken = null);
public sealed record ListNodegroupsResponse(List<string> Nodegroups, string? NextToken);
public sealed record DescribeAddonRequest(string ClusterName, string AddonName);
public sealed record DescribeAddonResponse(Addon Addon);
public sealed record DeleteAddonRequest(string ClusterName, string AddonName);
public sealed record DeleteAddonResponse(Addon Addon);
public sealed record ListAddonsRequest(string ClusterName, int? MaxResults = null, string? NextToken = null);
public sealed record ListAddonsResponse(List<string> Addons, string? NextToken);
public sealed record ListFargateProfilesRequest(string ClusterName, int? MaxResults = null, string? NextToken = null);
public sealed record ListFargateProfilesResponse(List<string> FargateProfileNames, string? NextToken);
public sealed record DeleteFargateProfileRequest(string ClusterName, string FargateProfileName);
public sealed record DeleteFargateProfileResponse(FargateProfile FargateProfile);
public sealed record DescribeAccessEntryRequest(string ClusterName, string PrincipalArn);
public sealed record DescribeAccessEntryResponse(AccessEntry AccessEntry);
public sealed record ListAccessEntriesRequest(string ClusterName, int? MaxResults = null, string? NextToken = null);
public sealed record ListAccessEntriesResponse(List<string> AccessEntries, string? NextToken);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EpochSecondsConverter)])]
[JsonSerializable(typeof(DescribeClusterResponse))]
[JsonSerializable(typeof(DeleteClusterResponse))]
[JsonSerializable(typeof(ListClustersResponse))]
[JsonSerializable(typeof(DescribeNodegroupResponse))]
[JsonSerializable(typeof(DeleteNodegroupResponse))]
[JsonSerializable(typeof(ListNodegroupsResponse))]
[JsonSerializable(typeof(DescribeAddonResponse))]
[JsonSerializable(typeof(DeleteAddonResponse))]
[JsonSerializable(typeof(ListAddonsResponse))]
[JsonSerializable(typeof(ListFargateProfilesResponse))]
[JsonSerializable(typeof(DeleteFargateProfileResponse))]
[JsonSerializable(typeof(DescribeAccessEntryResponse))]
[JsonSerializable(typeof(ListAccessEntriesResponse))]
internal sealed partial class EksJson : JsonSerializerContext;
