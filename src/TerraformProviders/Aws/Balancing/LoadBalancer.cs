using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Balancing;

/// <summary>aws_lb.</summary>
internal sealed class LoadBalancer(AwsCloud cloud) : ElbResource(cloud)
{
    private static readonly (string Argument, string Attribute)[] Attributes =
    [
        ("client_keep_alive", "client_keep_alive.seconds"), ("desync_mitigation_mode", "routing.http.desync_mitigation_mode"),
        ("drop_invalid_header_fields", "routing.http.drop_invalid_header_fields.enabled"),
        ("enable_cross_zone_load_balancing", "load_balancing.cross_zone.enabled"), ("enable_deletion_protection", "deletion_protection.enabled"),
        ("enable_http2", "routing.http2.enabled"), ("enable_tls_version_and_cipher_suite_headers", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
        ("enable_waf_fail_open", "waf.fail_open.enabled"), ("enable_xff_client_port", "routing.http.xff_client_port.enabled"),
        ("idle_timeout", "idle_timeout.timeout_seconds"), ("preserve_host_header", "routing.http.preserve_host_header.enabled"),
        ("xff_header_processing_mode", "routing.http.xff_header_processing.mode"),
    ];

    public override string Type => "aws_lb";

    public override IReadOnlyList<string> ForceNew => ["customer_owned_ipv4_pool", "internal", "load_balancer_type", "name", "name_prefix"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["load_balancer_type"] = "application",
        ["client_keep_alive"] = 3600,
        ["desync_mitigation_mode"] = "defensive",
        ["enable_http2"] = true,
        ["idle_timeout"] = 60,
        ["xff_header_processing_mode"] = "append",
        ["enable_deletion_protection"] = false,
        ["enable_zonal_shift"] = false,
    };

    protected override string Noun => "ELBv2 Load Balancer";

    protected override IReadOnlyList<string> Kept => ["subnet_mapping", "access_logs", "connection_logs", "health_check_logs"];

    protected override IReadOnlyList<string> Honoured =>
        ["name", "name_prefix", "internal", "ip_address_type", "load_balancer_type", "security_groups", "subnets", "subnet_mapping.subnet_id", .. Attributes.Select(each => each.Argument)];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("name");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var (state, config) = (change.State, change.Config);
        state["name"] = state.String("name") is { Length: > 0 } name ? name
            : Ids.Unique(state.String("name_prefix") is { Length: > 0 } prefix ? prefix : "tf-lb-") is var made && made.Length > 32 ? made[..32] : made;
        var input = state.Give(Mapping.Pascal, "name", "ip_address_type", "load_balancer_type=Type");
        input["Scheme"] = state.Bool("internal") == true ? "internal" : null;
        input["SecurityGroups"] = Members(config.Strings("security_groups"));
        input["Subnets"] = Members(config.Strings("subnets").Concat(config.Blocks("subnet_mapping").Select(each => each.Required("subnet_id"))));
        input["Tags"] = Pairs(TagsOf(change));
        state["id"] = (await CallAsync("CreateLoadBalancer", input, ct)).Must("LoadBalancers.0.LoadBalancerArn");
        await WaitAsync($"ELBv2 Load Balancer ({change.Id}) create", "active", change.Timeout("create", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("State.Code"), ct, "provisioning", "failed");
        await SetAttributesAsync("ModifyLoadBalancerAttributes", "LoadBalancerArn", change, Attributes, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        if (await DescribeAsync(arn, ct) is not { } balancer)
        {
            return false;
        }

        state.Take(balancer, "name=LoadBalancerName", "dns_name=DNSName", "zone_id=CanonicalHostedZoneId", "vpc_id", "ip_address_type", "load_balancer_type=Type");
        state["arn"] = arn;
        state["arn_suffix"] = arn[(arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..];
        state["internal"] = balancer.Text("Scheme") == "internal";
        state["security_groups"] = TfValue.Strings(balancer.Texts("SecurityGroups"));
        var subnets = balancer.Texts("AvailabilityZones", "SubnetId");
        state["subnets"] = TfValue.Strings(subnets);
        state["subnet_mapping"] = TfValue.Blocks(subnets.Select(subnet => new TfObject { ["subnet_id"] = subnet, ["outpost_id"] = "" }));
        TakeAttributes(state, await CallAsync("DescribeLoadBalancerAttributes", new() { ["LoadBalancerArn"] = arn }, ct), Attributes);
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await SetAttributesAsync("ModifyLoadBalancerAttributes", "LoadBalancerArn", change, Attributes, ct);
        if (change.Changed("security_groups"))
        {
            await CallAsync("SetSecurityGroups", new() { ["LoadBalancerArn"] = change.Id, ["SecurityGroups"] = Members(change.State.Strings("security_groups")) }, ct);
        }

        if (change.Changed("subnets"))
        {
            await CallAsync("SetSubnets", new() { ["LoadBalancerArn"] = change.Id, ["Subnets"] = Members(change.State.Strings("subnets")) }, ct);
        }

        if (change.Changed("ip_address_type"))
        {
            await CallAsync("SetIpAddressType", new() { ["LoadBalancerArn"] = change.Id, ["IpAddressType"] = change.State.String("ip_address_type") }, ct);
        }
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        await CallAsync("DeleteLoadBalancer", new() { ["LoadBalancerArn"] = change.Id }, ct);
        await WaitAsync($"ELBv2 Load Balancer ({change.Id}) delete", "", change.Timeout("delete", TimeSpan.FromMinutes(10)),
            async () => (await DescribeAsync(change.Id, ct)).Text("State.Code"), ct);
    }

    private static JsonObject? Members(IEnumerable<string> texts) => Wire.Members(texts.Select(text => (JsonNode)text));

    private Task<JsonNode?> DescribeAsync(string arn, CancellationToken ct) => FindAsync("DescribeLoadBalancers", "LoadBalancers", "LoadBalancerArns", arn, ct);
}
