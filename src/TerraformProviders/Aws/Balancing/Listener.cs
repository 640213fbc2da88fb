using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Balancing;

/// <summary>aws_lb_listener.</summary>
internal sealed class Listener(AwsCloud cloud) : ElbResource(cloud)
{
    public override string Type => "aws_lb_listener";

    public override IReadOnlyList<string> ForceNew => ["load_balancer_arn"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["default_action.redirect.host"] = "#{host}",
        ["default_action.redirect.path"] = "/#{path}",
        ["default_action.redirect.port"] = "#{port}",
        ["default_action.redirect.protocol"] = "#{protocol}",
        ["default_action.redirect.query"] = "#{query}",
        ["default_action.forward.target_group.weight"] = 1,
    };

    protected override string Noun => "ELBv2 Listener";

    protected override IReadOnlyList<string> Honoured =>
        ["load_balancer_arn", "port", "protocol", "ssl_policy", "certificate_arn", "alpn_policy", .. Actions.Honoured("default_action")];

    protected override IReadOnlyList<string> Kept => ["mutual_authentication"];

    protected override string? Label(TfObject state) => state.String("id") ?? state.String("load_balancer_arn");

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = Input(change.State);
        (input["LoadBalancerArn"], input["Tags"]) = (change.State.Required("load_balancer_arn"), Pairs(TagsOf(change)));
        change.State["id"] = (await CallAsync("CreateListener", input, ct)).Must("Listeners.0.ListenerArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        if (await FindAsync("DescribeListeners", "Listeners", "ListenerArns", arn, ct) is not { } listener)
        {
            return false;
        }

        state.Take(listener, "load_balancer_arn", "port", "protocol", "ssl_policy");
        state["arn"] = arn;
        state["certificate_arn"] = listener.Text("Certificates.0.CertificateArn");
        state["alpn_policy"] = listener.Texts("AlpnPolicy").FirstOrDefault();
        state["default_action"] = Actions.ToBlocks(listener.Items("DefaultActions"), state.Blocks("default_action"));
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (Honoured.Select(name => name.Split('.')[0]).Distinct().Any(change.Changed))
        {
            var input = Input(change.State);
            input["ListenerArn"] = change.Id;
            await CallAsync("ModifyListener", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteListener", new() { ["ListenerArn"] = change.Id }, ct);

    private static JsonObject Input(TfObject state)
    {
        var input = state.Give(Mapping.Pascal, "port", "protocol", "ssl_policy");
        input["Certificates"] = state.String("certificate_arn") is { Length: > 0 } arn ? Wire.Members([new JsonObject { ["CertificateArn"] = arn }]) : null;
        input["AlpnPolicy"] = state.String("alpn_policy") is { Length: > 0 } policy ? Wire.Members([policy]) : null;
        input["DefaultActions"] = Actions.ToRequest(state.Blocks("default_action"));
        return input;
    }
}

/// <summary>aws_lb_listener_rule.</summary>
internal sealed class ListenerRule(AwsCloud cloud) : ElbResource(cloud)
{
    // Kinds of conditions whose only member is a list of values.
    private static readonly (string Block, string Field, string Member)[] Lists =
    [
        ("host_header", "host-header", "HostHeaderConfig"), ("http_request_method", "http-request-method", "HttpRequestMethodConfig"),
        ("path_pattern", "path-pattern", "PathPatternConfig"), ("source_ip", "source-ip", "SourceIpConfig"),
    ];

    public override string Type => "aws_lb_listener_rule";

    public override IReadOnlyList<string> ForceNew => ["listener_arn"];

    public override IReadOnlyDictionary<string, TfValue> Defaults { get; } = new Dictionary<string, TfValue>
    {
        ["action.redirect.host"] = "#{host}",
        ["action.redirect.path"] = "/#{path}",
        ["action.redirect.port"] = "#{port}",
        ["action.redirect.protocol"] = "#{protocol}",
        ["action.redirect.query"] = "#{query}",
        ["action.forward.target_group.weight"] = 1,
    };

    protected override string Noun => "ELBv2 Listener Rule";

    protected override IReadOnlyList<string> Honoured =>
    [
        "listener_arn", "priority", "condition.http_header", "condition.query_string", .. Lists.Select(list => $"condition.{list.Block}"), .. Actions.Honoured("action"),
    ];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var input = Input(state);
        (input["ListenerArn"], input["Tags"]) = (state.Required("listener_arn"), Pairs(TagsOf(change)));
        input["Priority"] = state.Int("priority") ?? await NextPriorityAsync(state.Required("listener_arn"), ct);
        state["id"] = (await CallAsync("CreateRule", input, ct)).Must("Rules.0.RuleArn");
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var arn = state.Required("id");
        if (await FindAsync("DescribeRules", "Rules", "RuleArns", arn, ct) is not { } rule)
        {
            return false;
        }

        state["arn"] = arn;
        // The listener's ARN is the rule's without its last part.
        state["listener_arn"] = arn[..arn.LastIndexOf('/')].Replace(":listener-rule/", ":listener/", StringComparison.Ordinal);
        state["priority"] = rule.Text("Priority") == "default" ? 99999 : rule.Number("Priority");
        state["action"] = Actions.ToBlocks(rule.Items("Actions"), state.Blocks("action"));
        state["condition"] = TfValue.Blocks(rule.Items("Conditions").Select(Block));
        await TakeTagsAsync(state, ct);
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (change.Changed("priority"))
        {
            var priority = new JsonObject { ["RuleArn"] = change.Id, ["Priority"] = change.State.Int("priority") };
            await CallAsync("SetRulePriorities", new() { ["RulePriorities"] = Wire.Members([priority]) }, ct);
        }

        if (change.Changed("action") || change.Changed("condition"))
        {
            var input = Input(change.State);
            input["RuleArn"] = change.Id;
            await CallAsync("ModifyRule", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteRule", new() { ["RuleArn"] = change.Id }, ct);

    private static TfObject Block(JsonNode condition)
    {
        var field = condition.Text("Field");
        if (Lists.FirstOrDefault(list => list.Field == field) is { Block: { } name } list)
        {
            var values = condition.Texts($"{list.Member}.Values") is { Count: > 0 } own ? own : condition.Texts("Values");
            return new() { [name] = TfValue.Blocks(new TfObject { ["values"] = TfValue.Strings(values) }) };
        }

        return field == "http-header"
            ? new()
            {
                ["http_header"] = TfValue.Blocks(new TfObject
                {
                    ["http_header_name"] = condition.Text("HttpHeaderConfig.HttpHeaderName"),
                    ["values"] = TfValue.Strings(condition.Texts("HttpHeaderConfig.Values")),
                }),
            }
            : new() { ["query_string"] = TfValue.Blocks(condition.Items("QueryStringConfig.Values").Select(each => new TfObject().Take(each, "key", "value"))) };
    }

    private static JsonObject Input(TfObject state) => new()
    {
        ["Actions"] = Actions.ToRequest(state.Blocks("action")),
        ["Conditions"] = Wire.Members(state.Blocks("condition").SelectMany(Conditions)),
    };

    private static IEnumerable<JsonObject> Conditions(TfObject block)
    {
        foreach (var (name, field, member) in Lists)
        {
            if (block.Block(name) is { } values)
            {
                yield return new() { ["Field"] = field, [member] = new JsonObject { ["Values"] = Wire.Members(values.Strings("values").Select(value => (JsonNode)value)) } };
            }
        }

        if (block.Block("http_header") is { } header)
        {
            yield return new()
            {
                ["Field"] = "http-header",
                ["HttpHeaderConfig"] = new JsonObject
                {
                    ["HttpHeaderName"] = header.String("http_header_name"),
                    ["Values"] = Wire.Members(header.Strings("values").Select(value => (JsonNode)value)),
                },
            };
        }

        if (block.Blocks("query_string") is { Count: > 0 } queries)
        {
            yield return new()
            {
                ["Field"] = "query-string",
                ["QueryStringConfig"] = new JsonObject { ["Values"] = Wire.Members(queries.Select(query => query.Give(Mapping.Pascal, "key", "value"))) },
            };
        }
    }

    private async Task<long> NextPriorityAsync(string listener, CancellationToken ct)
    {
        var rules = await CallAsync("DescribeRules", new() { ["ListenerArn"] = listener }, ct);
        return rules.Items("Rules").Select(rule => rule.Number("Priority") ?? 0).DefaultIfEmpty().Max() + 1;
    }
}
