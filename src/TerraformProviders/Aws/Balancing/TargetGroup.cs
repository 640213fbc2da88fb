using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Balancing;

/// <summary>aws_lb_target_group.</summary>
internal sealed class TargetGroup(AwsCloud cloud) : ElbResource(cloud)
{
    private static readonly (string Argument, string Attribute)[] Attributes =
    [
        ("deregistration_delay", "deregistration_delay.timeout_seconds"), ("load_balancing_algorithm_type", "load_balancing.algorithm.type"),
        ("load_balancing_anomaly_mitigation", "load_balancing.algorithm.anomaly_mitigation"), ("load_balancing_cross_zone_enabled", "load_balancing.cross_zone.enabled"),
        ("preserve_client_ip", "preserve_client_ip.enabled"), ("proxy_protocol_v2", "proxy_protocol_v2.enabled"), ("slow_start", "slow_start.duration_seconds"),
    ];

    private static readonly string[] Health =
    [
        "enabled=HealthCheckEnabled", "healthy_threshold=HealthyThresholdCount", "interval=HealthCheckIntervalSeconds", "path=HealthCheckPath",
        "port=HealthCheckPort", "protocol=HealthCheckProtocol", "timeout=HealthCheckTimeoutSeconds", "unhealthy_threshold=UnhealthyThresholdCount",
    ];

    public override string Type => "aws_lb_target_group";

    public override IReadOnlyList<string> ForceNew =>
        ["ip_address_type", "name", "name_prefix", "port", "protocol", "protocol_version", "target_type", "vpc_id"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["target_type"] = "instance",
        ["deregistration_delay"] = "300",
        ["health_check.enabled"] = true,
        ["health_check.healthy_threshold"] = 3,
        ["health_check.interval"] = 30,
        ["health_check.port"] = "traffic-port",
        ["health_check.protocol"] = "HTTP",
        ["health_check.unhealthy_threshold"] = 3,
        ["stickiness.cookie_duration"] = 86400,
        ["stickiness.enabled"] = true,
    };

    protected override string Noun => "ELBv2 Target Group";

    protected override IReadOnlyList<string> Kept => ["health_check", "stickiness", "target_failover", "target_group_health", "target_health_state"];

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "name_prefix", "port", "protocol", "protocol_version", "vpc_id", "target_type", "ip_address_type", "health_check",
        "stickiness", .. Attributes.Select(each => each.Argument),
    ];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("name");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        state["name"] = state.String("name") is { Length: > 0 } name ? name
            : Ids.Unique(state.String("name_prefix") is { Length: > 0 } prefix ? prefix : "tf-") is var made && made.Length > 32 ? made[..32] : made;
        var input = state.Give(Mapping.Pascal, "name", "port", "protocol", "protocol_version", "vpc_id", "target_type", "ip_address_type");
        if (change.Config.Block("health_check") is not null)
        {
            foreach (var (member, value) in HealthCheck(state).ToList())
            {
                input[member] = value?.DeepClone();
            }
        }

        input["Tags"] = Pairs(TagsOf(change));
        state["id"] = (await CallAsync("CreateTargetGroup", input, ct)).Must("TargetGroups.0.TargetGroupArn");
        await SetAttributesAsync("ModifyTargetGroupAttributes", "TargetGroupArn", change, Attributes, ct);
        await StickAsync(change, ct);
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        if (await FindAsync("DescribeTargetGroups", "TargetGroups", "TargetGroupArns", arn, ct) is not { } group)
        {
            return false;
        }

        state.Take(group, "name=TargetGroupName", "port", "protocol", "protocol_version", "vpc_id", "target_type", "ip_address_type");
        state["arn"] = arn;
        state["arn_suffix"] = arn[(arn.LastIndexOf(':') + 1)..];
        state["load_balancer_arns"] = TfValue.Strings(group.Texts("LoadBalancerArns"));
        var check = (state.Block("health_check")?.Copy() ?? new TfObject()).Take(group, Health);
        check.Take(group, "matcher=Matcher.HttpCode");
        state["health_check"] = TfValue.Blocks(check);
        var answer = await CallAsync("DescribeTargetGroupAttributes", new() { ["TargetGroupArn"] = arn }, ct);
        TakeAttributes(state, answer, Attributes);
        var stickiness = new TfObject { ["type"] = "lb_cookie", ["enabled"] = false, ["cookie_duration"] = state.Block("stickiness")?["cookie_duration"] ?? 86400 };
        TakeAttributes(stickiness, answer, [("enabled", "stickiness.enabled"), ("type", "stickiness.type"), ("cookie_duration", "stickiness.lb_cookie.duration_seconds")]);
        state["stickiness"] = TfValue.Blocks(stickiness);
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("health_check"))
        {
            var input = HealthCheck(change.State);
            input["TargetGroupArn"] = change.Id;
            await CallAsync("ModifyTargetGroup", input, ct);
        }

        await SetAttributesAsync("ModifyTargetGroupAttributes", "TargetGroupArn", change, Attributes, ct);
        if (change.Changed("stickiness"))
        {
            await StickAsync(change, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) =>
        CallAsync("DeleteTargetGroup", new() { ["TargetGroupArn"] = change.Id }, ct);

    private static JsonObject HealthCheck(TfObject state)
    {
        var check = state.Block("health_check")!;
        var input = check.Give(Mapping.Pascal, Health);
        input["Matcher"] = check.String("matcher") is { Length: > 0 } matcher ? new JsonObject { ["HttpCode"] = matcher } : null;
        return input;
    }

    private async Task StickAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Config.Block("stickiness") is null || change.State.Block("stickiness") is not { } block)
        {
            return;
        }

        var entries = new[]
        {
            ("stickiness.enabled", block.String("enabled")), ("stickiness.type", block.String("type")),
            ("stickiness.lb_cookie.duration_seconds", block.String("type") == "lb_cookie" ? block.String("cookie_duration") : null),
            ("stickiness.app_cookie.cookie_name", block.String("type") == "app_cookie" ? block.String("cookie_name") : null),
        };
        var members = Wire.Members(entries.Where(each => each.Item2 is not null).Select(each => new JsonObject { ["Key"] = each.Item1, ["Value"] = each.Item2 }));
        await CallAsync("ModifyTargetGroupAttributes", new() { ["TargetGroupArn"] = change.Id, ["Attributes"] = members }, ct);
    }
}
