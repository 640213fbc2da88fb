using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws.ElasticLoadBalancingV2;

/// <summary>Elastic Load Balancing v2, named and shaped as the SDK's client.</summary>
public sealed class AmazonElasticLoadBalancingV2Client(AwsSession session)
{
    private readonly AwsQueryClient _client = new(session, AwsService.ElasticLoadBalancingV2, "2015-12-01");

    public async Task<DescribeLoadBalancersResponse> DescribeLoadBalancersAsync(
        DescribeLoadBalancersRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeLoadBalancers", new AwsParameters()
            .AddList("LoadBalancerArns.member", request.LoadBalancerArns).AddList("Names.member", request.Names)
            .Add("Marker", request.Marker), ct);
        return new([.. result.Items("LoadBalancers").Select(ElbXml.ReadLoadBalancer)], ElbXml.Marker(result));
    }

    public async Task<CreateLoadBalancerResponse> CreateLoadBalancerAsync(CreateLoadBalancerRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("CreateLoadBalancer", new AwsParameters()
            .Add("Name", request.Name).AddList("Subnets.member", request.Subnets)
            .AddList("SecurityGroups.member", request.SecurityGroups).Add("Scheme", request.Scheme).Add("Type", request.Type)
            .Add("IpAddressType", request.IpAddressType).AddStructures("Tags.member", request.Tags, ElbXml.WriteTag), ct);
        return new([.. result.Items("LoadBalancers").Select(ElbXml.ReadLoadBalancer)]);
    }

    public Task DeleteLoadBalancerAsync(DeleteLoadBalancerRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteLoadBalancer", new AwsParameters().Add("LoadBalancerArn", request.LoadBalancerArn), ct);

    public Task SetSecurityGroupsAsync(SetSecurityGroupsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("SetSecurityGroups", new AwsParameters()
            .Add("LoadBalancerArn", request.LoadBalancerArn).AddList("SecurityGroups.member", request.SecurityGroups), ct);

    public async Task<DescribeTagsResponse> DescribeTagsAsync(DescribeTagsRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeTags", new AwsParameters().AddList("ResourceArns.member", request.ResourceArns), ct);
        return new([.. result.Items("TagDescriptions").Select(item => new TagDescription(item.Text("ResourceArn")!,
            [.. item.Items("Tags").Select(tag => new Tag(tag.Text("Key")!, tag.Text("Value") ?? ""))]))]);
    }

    public Task AddTagsAsync(AddTagsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("AddTags", new AwsParameters()
            .AddList("ResourceArns.member", request.ResourceArns).AddStructures("Tags.member", request.Tags, ElbXml.WriteTag), ct);

    public async Task<DescribeTargetGroupsResponse> DescribeTargetGroupsAsync(DescribeTargetGroupsRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeTargetGroups", new AwsParameters()
            .Add("LoadBalancerArn", request.LoadBalancerArn).AddList("TargetGroupArns.member", request.TargetGroupArns)
            .AddList("Names.member", request.Names).Add("Marker", request.Marker), ct);
        return new([.. result.Items("TargetGroups").Select(ElbXml.ReadTargetGroup)], ElbXml.Marker(result));
    }

    public async Task<CreateTargetGroupResponse> CreateTargetGroupAsync(CreateTargetGroupRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("CreateTargetGroup", new AwsParameters()
            .Add("Name", request.Name).Add("Protocol", request.Protocol).Add("Port", request.Port).Add("VpcId", request.VpcId)
            .Add("TargetType", request.TargetType).Add("HealthCheckPath", request.HealthCheckPath)
            .Add("HealthCheckPort", request.HealthCheckPort).Add("HealthCheckProtocol", request.HealthCheckProtocol)
            .Add("Matcher.HttpCode", request.Matcher)
            .AddStructures("Tags.member", request.Tags, ElbXml.WriteTag), ct);
        return new([.. result.Items("TargetGroups").Select(ElbXml.ReadTargetGroup)]);
    }

    public Task ModifyTargetGroupAsync(ModifyTargetGroupRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ModifyTargetGroup", new AwsParameters().Add("TargetGroupArn", request.TargetGroupArn)
            .Add("HealthCheckPath", request.HealthCheckPath).Add("Matcher.HttpCode", request.Matcher), ct);

    public Task DeleteTargetGroupAsync(DeleteTargetGroupRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteTargetGroup", new AwsParameters().Add("TargetGroupArn", request.TargetGroupArn), ct);

    public Task RegisterTargetsAsync(RegisterTargetsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("RegisterTargets", Targets(request.TargetGroupArn, request.Targets), ct);

    public Task DeregisterTargetsAsync(DeregisterTargetsRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeregisterTargets", Targets(request.TargetGroupArn, request.Targets), ct);

    public async Task<DescribeTargetHealthResponse> DescribeTargetHealthAsync(DescribeTargetHealthRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeTargetHealth", new AwsParameters().Add("TargetGroupArn", request.TargetGroupArn), ct);
        return new([.. result.Items("TargetHealthDescriptions").Select(ElbXml.ReadHealth)]);
    }

    public async Task<DescribeListenersResponse> DescribeListenersAsync(DescribeListenersRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeListeners", new AwsParameters().Add("LoadBalancerArn", request.LoadBalancerArn), ct);
        return new([.. result.Items("Listeners").Select(ElbXml.ReadListener)]);
    }

    public async Task<CreateListenerResponse> CreateListenerAsync(CreateListenerRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("CreateListener", new AwsParameters()
            .Add("LoadBalancerArn", request.LoadBalancerArn).Add("Port", request.Port).Add("Protocol", request.Protocol)
            .Add("SslPolicy", request.SslPolicy)
            .AddStructures("Certificates.member", request.CertificateArns, ElbXml.WriteCertificate)
            .AddStructures("DefaultActions.member", request.DefaultActions, ElbXml.WriteAction)
            .AddStructures("Tags.member", request.Tags, ElbXml.WriteTag), ct);
        return new([.. result.Items("Listeners").Select(ElbXml.ReadListener)]);
    }

    public Task ModifyListenerAsync(ModifyListenerRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ModifyListener", new AwsParameters().Add("ListenerArn", request.ListenerArn)
            .AddStructures("Certificates.member", request.CertificateArns, ElbXml.WriteCertificate)
            .AddStructures("DefaultActions.member", request.DefaultActions, ElbXml.WriteAction), ct);

    public async Task<DescribeListenerCertificatesResponse> DescribeListenerCertificatesAsync(
        DescribeListenerCertificatesRequest request, CancellationToken ct = default)
    {
        var parameters = new AwsParameters().Add("ListenerArn", request.ListenerArn);
        var result = await _client.CallAsync("DescribeListenerCertificates", parameters, ct);
        return new([.. result.Items("Certificates").Select(certificate => certificate.Text("CertificateArn") ?? "")]);
    }

    public Task AddListenerCertificatesAsync(AddListenerCertificatesRequest request, CancellationToken ct = default) =>
        _client.CallAsync("AddListenerCertificates", new AwsParameters().Add("ListenerArn", request.ListenerArn)
            .AddStructures("Certificates.member", request.CertificateArns, ElbXml.WriteCertificate), ct);

    public Task RemoveListenerCertificatesAsync(RemoveListenerCertificatesRequest request, CancellationToken ct = default) =>
        _client.CallAsync("RemoveListenerCertificates", new AwsParameters().Add("ListenerArn", request.ListenerArn)
            .AddStructures("Certificates.member", request.CertificateArns, ElbXml.WriteCertificate), ct);

    public async Task<DescribeLoadBalancerAttributesResponse> DescribeLoadBalancerAttributesAsync(
        DescribeLoadBalancerAttributesRequest request, CancellationToken ct = default)
    {
        var parameters = new AwsParameters().Add("LoadBalancerArn", request.LoadBalancerArn);
        var result = await _client.CallAsync("DescribeLoadBalancerAttributes", parameters, ct);
        return new([.. result.Items("Attributes").Select(item => new LoadBalancerAttribute(item.Text("Key")!, item.Text("Value") ?? ""))]);
    }

    public Task ModifyLoadBalancerAttributesAsync(ModifyLoadBalancerAttributesRequest request, CancellationToken ct = default) =>
        _client.CallAsync("ModifyLoadBalancerAttributes", new AwsParameters().Add("LoadBalancerArn", request.LoadBalancerArn)
            .AddStructures("Attributes.member", request.Attributes, (form, prefix, attribute) =>
                form.Add($"{prefix}.Key", attribute.Key).Add($"{prefix}.Value", attribute.Value)), ct);

    public Task DeleteListenerAsync(DeleteListenerRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteListener", new AwsParameters().Add("ListenerArn", request.ListenerArn), ct);

    public async Task<DescribeRulesResponse> DescribeRulesAsync(DescribeRulesRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("DescribeRules", new AwsParameters().Add("ListenerArn", request.ListenerArn), ct);
        return new([.. result.Items("Rules").Select(ElbXml.ReadRule)]);
    }

    public async Task<CreateRuleResponse> CreateRuleAsync(CreateRuleRequest request, CancellationToken ct = default)
    {
        var result = await _client.CallAsync("CreateRule", new AwsParameters()
            .Add("ListenerArn", request.ListenerArn).Add("Priority", request.Priority)
            .AddStructures("Conditions.member", request.Conditions, ElbXml.WriteCondition)
            .AddStructures("Actions.member", request.Actions, ElbXml.WriteAction)
            .AddStructures("Tags.member", request.Tags, ElbXml.WriteTag), ct);
        return new([.. result.Items("Rules").Select(ElbXml.ReadRule)]);
    }

    public Task DeleteRuleAsync(DeleteRuleRequest request, CancellationToken ct = default) =>
        _client.CallAsync("DeleteRule", new AwsParameters().Add("RuleArn", request.RuleArn), ct);

    private static AwsParameters Targets(string group, List<TargetDescription> targets) =>
        new AwsParameters().Add("TargetGroupArn", group).AddStructures("Targets.member", targets, (form, prefix, target) =>
            form.Add($"{prefix}.Id", target.Id).Add($"{prefix}.Port", target.Port));
}
