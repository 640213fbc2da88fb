namespace Mayfly.Aws.ElasticLoadBalancingV2.Model;

public sealed record Tag(string Key, string Value);

public sealed record TagDescription(string ResourceArn, List<Tag> Tags);

public sealed record LoadBalancer
{
    public required string LoadBalancerArn { get; init; }
    public required string LoadBalancerName { get; init; }
    public string? DNSName { get; init; }
    public string? CanonicalHostedZoneId { get; init; }
    public string? Scheme { get; init; }
    public string? VpcId { get; init; }
    public string? Type { get; init; }

    /// <summary>active, provisioning, active_impaired or failed.</summary>
    public string? State { get; init; }
    public List<string> SecurityGroups { get; init; } = [];
    public List<string> Subnets { get; init; } = [];
    public DateTime? CreatedTime { get; init; }
}

public sealed record TargetGroup
{
    public required string TargetGroupArn { get; init; }
    public required string TargetGroupName { get; init; }
    public string? Protocol { get; init; }
    public int? Port { get; init; }
    public string? VpcId { get; init; }
    public string? TargetType { get; init; }
    public string? HealthCheckPath { get; init; }
    public List<string> LoadBalancerArns { get; init; } = [];
}

public sealed record TargetDescription(string Id, int? Port = null);

/// <param name="State">initial, healthy, unhealthy, unused or draining.</param>
public sealed record TargetHealthDescription(TargetDescription Target, string? State, string? Reason, string? Description);

public sealed record Action
{
    /// <summary>forward, redirect or fixed-response.</summary>
    public required string Type { get; init; }
    public string? TargetGroupArn { get; init; }
    public FixedResponseActionConfig? FixedResponseConfig { get; init; }
    public RedirectActionConfig? RedirectConfig { get; init; }
}

public sealed record FixedResponseActionConfig(string StatusCode, string? ContentType = null, string? MessageBody = null);

public sealed record RedirectActionConfig(string StatusCode, string? Protocol = null, string? Port = null)
{
    public string? Host { get; init; }
    public string? Path { get; init; }
    public string? Query { get; init; }
}

public sealed record Listener
{
    public required string ListenerArn { get; init; }
    public string? LoadBalancerArn { get; init; }
    public int? Port { get; init; }
    public string? Protocol { get; init; }
    public List<string> CertificateArns { get; init; } = [];
    public List<Action> DefaultActions { get; init; } = [];
}

/// <param name="Field"><c>host-header</c> or <c>path-pattern</c>.</param>
public sealed record RuleCondition(string Field, List<string> Values);

public sealed record Rule
{
    public required string RuleArn { get; init; }

    /// <summary>A number, or <c>default</c>.</summary>
    public string? Priority { get; init; }
    public bool IsDefault { get; init; }
    public List<RuleCondition> Conditions { get; init; } = [];
    public List<Action> Actions { get; init; } = [];
}

public sealed record DescribeLoadBalancersRequest
{
    public List<string>? LoadBalancerArns { get; init; }
    public List<string>? Names { get; init; }
    public string? Marker { get; init; }
}

public sealed record DescribeLoadBalancersResponse(List<LoadBalancer> LoadBalancers, string? NextMarker);

public sealed record CreateLoadBalancerRequest
{
    public required string Name { get; init; }
    public List<string>? Subnets { get; init; }
    public List<string>? SecurityGroups { get; init; }
    public string? Scheme { get; init; }
    public string? Type { get; init; }
    public string? IpAddressType { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record CreateLoadBalancerResponse(List<LoadBalancer> LoadBalancers);
public sealed record DeleteLoadBalancerRequest(string LoadBalancerArn);
public sealed record SetSecurityGroupsRequest(string LoadBalancerArn, List<string> SecurityGroups);
public sealed record DescribeTagsRequest(List<string> ResourceArns);
public sealed record DescribeTagsResponse(List<TagDescription> TagDescriptions);
public sealed record AddTagsRequest(List<string> ResourceArns, List<Tag> Tags);

public sealed record DescribeTargetGroupsRequest
{
    public string? LoadBalancerArn { get; init; }
    public List<string>? TargetGroupArns { get; init; }
    public List<string>? Names { get; init; }
    public string? Marker { get; init; }
}

public sealed record DescribeTargetGroupsResponse(List<TargetGroup> TargetGroups, string? NextMarker);

public sealed record CreateTargetGroupRequest
{
    public required string Name { get; init; }
    public string? Protocol { get; init; }
    public int? Port { get; init; }
    public string? VpcId { get; init; }
    public string? TargetType { get; init; }
    public string? HealthCheckPath { get; init; }
    public string? HealthCheckPort { get; init; }
    public string? HealthCheckProtocol { get; init; }
    public string? Matcher { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record ModifyTargetGroupRequest(string TargetGroupArn)
{
    public string? HealthCheckPath { get; init; }
    public string? Matcher { get; init; }
}

public sealed record CreateTargetGroupResponse(List<TargetGroup> TargetGroups);
public sealed record DeleteTargetGroupRequest(string TargetGroupArn);
public sealed record RegisterTargetsRequest(string TargetGroupArn, List<TargetDescription> Targets);
public sealed record DeregisterTargetsRequest(string TargetGroupArn, List<TargetDescription> Targets);
public sealed record DescribeTargetHealthRequest(string TargetGroupArn);
public sealed record DescribeTargetHealthResponse(List<TargetHealthDescription> TargetHealthDescriptions);
public sealed record DescribeListenersRequest(string LoadBalancerArn);
public sealed record DescribeListenersResponse(List<Listener> Listeners);

public sealed record CreateListenerRequest
{
    public required string LoadBalancerArn { get; init; }
    public required int Port { get; init; }
    public required string Protocol { get; init; }
    public string? SslPolicy { get; init; }
    public List<string>? CertificateArns { get; init; }
    public required List<Action> DefaultActions { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record CreateListenerResponse(List<Listener> Listeners);
public sealed record ModifyListenerRequest(string ListenerArn)
{
    public List<string>? CertificateArns { get; init; }
    public List<Action>? DefaultActions { get; init; }
}

public sealed record DescribeListenerCertificatesRequest(string ListenerArn);

/// <param name="CertificateArns">The default certificate's and those of server name indication.</param>
public sealed record DescribeListenerCertificatesResponse(List<string> CertificateArns);
public sealed record AddListenerCertificatesRequest(string ListenerArn, List<string> CertificateArns);
public sealed record RemoveListenerCertificatesRequest(string ListenerArn, List<string> CertificateArns);
public sealed record DeleteListenerRequest(string ListenerArn);
public sealed record DescribeRulesRequest(string ListenerArn);
public sealed record DescribeRulesResponse(List<Rule> Rules);

public sealed record CreateRuleRequest
{
    public required string ListenerArn { get; init; }
    public required int Priority { get; init; }
    public required List<RuleCondition> Conditions { get; init; }
    public required List<Action> Actions { get; init; }
    public List<Tag>? Tags { get; init; }
}

public sealed record CreateRuleResponse(List<Rule> Rules);
public sealed record DeleteRuleRequest(string RuleArn);

public sealed record LoadBalancerAttribute(string Key, string Value);
public sealed record DescribeLoadBalancerAttributesRequest(string LoadBalancerArn);
public sealed record DescribeLoadBalancerAttributesResponse(List<LoadBalancerAttribute> Attributes);
public sealed record ModifyLoadBalancerAttributesRequest(string LoadBalancerArn, List<LoadBalancerAttribute> Attributes);
