using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Dns;

/// <summary>aws_route53_record.</summary>
internal sealed class Record(AwsCloud cloud) : Route53Resource(cloud)
{
    public override string Type => "aws_route53_record";

    public override IReadOnlyList<string> ForceNew => ["name", "set_identifier", "zone_id"];

    protected override string Noun => "Route 53 Record";

    protected override IReadOnlyList<string> Honoured =>
    [
        "zone_id", "name", "type", "ttl", "records", "alias", "allow_overwrite", "set_identifier", "health_check_id", "weighted_routing_policy",
        "latency_routing_policy", "failover_routing_policy", "multivalue_answer_routing_policy",
    ];

    // A name with or without the zone's, in whatever case, is one name; the plan keeps the one that the state has.
    public override void Plan(ResourcePlan plan)
    {
        base.Plan(plan);
        if (plan.Prior is { } prior && prior.String("name") is { } before && plan.Planned.String("name") is { } now
            && (Plain(before) == Plain(now) || (prior.String("fqdn") is { } fqdn && (Plain(now) == fqdn || fqdn.StartsWith(Plain(now) + ".", StringComparison.Ordinal) && Plain(before) == fqdn))))
        {
            plan.Planned["name"] = before;
        }
    }

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var state = change.State;
        var zone = state.Required("zone_id").Split('/')[^1];
        var action = state.Bool("allow_overwrite") == true ? "UPSERT" : "CREATE";
        await ChangeAsync(zone, action, RecordOf(state, await FullNameAsync(state, ct)), ct);
        state["id"] = string.Join('_', new[] { zone, state.Required("name").ToLowerInvariant(), state.Required("type"), state.String("set_identifier") }
            .Where(part => part is { Length: > 0 }));
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var full = await FullNameAsync(state, ct);
        var records = await RecordsAsync(state.Required("zone_id"), full, ct);
        var found = records.FirstOrDefault(record => Plain(record.Must("Name")) == full && record.Text("Type") == state.String("type")
            && (record.Text("SetIdentifier") ?? "") == (state.String("set_identifier") ?? ""));
        if (found is null)
        {
            return false;
        }

        state["fqdn"] = full;
        state.Take(found, "ttl=TTL", "health_check_id", "set_identifier", "multivalue_answer_routing_policy=MultiValueAnswer");
        state["records"] = found.At("ResourceRecords") is null
            ? TfValue.Null : TfValue.Strings(found.Texts("ResourceRecords", "Value").Select(value => Unquoted(value, state.String("type"))));
        if (found.At("AliasTarget") is { } target)
        {
            var alias = new TfObject().Take(target, "zone_id=HostedZoneId", "evaluate_target_health");
            var name = Plain(target.Must("DNSName"));
            alias["name"] = state.Block("alias")?.String("name") is { } own && Plain(own) == name ? own : name;
            state["alias"] = TfValue.Blocks(alias);
        }

        TakePolicy(state, "weighted_routing_policy", "weight", found.Number("Weight"));
        TakePolicy(state, "latency_routing_policy", "region", found.Text("Region"));
        TakePolicy(state, "failover_routing_policy", "type", found.Text("Failover"));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var full = await FullNameAsync(change.State, ct);
        var zone = change.State.Required("zone_id");
        if (change.Changed("type"))
        {
            await ChangeAsync(zone, "DELETE", RecordOf(change.Prior!, full), ct);
        }

        await ChangeAsync(zone, "UPSERT", RecordOf(change.State, full), ct);
    }

    protected override async Task DeleteCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var full = await FullNameAsync(change.State, ct);
        var records = await RecordsAsync(change.State.Required("zone_id"), full, ct);
        var found = records.FirstOrDefault(record => Plain(record.Must("Name")) == full && record.Text("Type") == change.State.String("type")
            && (record.Text("SetIdentifier") ?? "") == (change.State.String("set_identifier") ?? ""));
        if (found is not null)
        {
            await ChangeAsync(change.State.Required("zone_id"), "DELETE", found, ct);
        }
    }

    public override Task<TfObject> ImportAsync(string id, CancellationToken ct)
    {
        // ZONE_name_TYPE or ZONE_name_TYPE_set; the name itself can hold underscores, the type is in capitals.
        var parts = id.Split('_');
        var at = Array.FindLastIndex(parts, part => part.Length > 0 && part.All(letter => letter is >= 'A' and <= 'Z'));
        if (at < 2)
        {
            throw new ProviderException($"unexpected format of ID (\"{id}\"), expected ZONEID_RECORDNAME_TYPE_SET-IDENTIFIER (e.g. Z4KAPRWWNC7JR_dev.example.com_NS_dev), where SET-IDENTIFIER is optional");
        }

        return Task.FromResult(new TfObject
        {
            ["id"] = id,
            ["zone_id"] = parts[0],
            ["name"] = string.Join('_', parts[1..at]),
            ["type"] = parts[at],
            ["set_identifier"] = at + 1 < parts.Length ? string.Join('_', parts[(at + 1)..]) : TfValue.Null,
        });
    }

    private static void TakePolicy(TfObject state, string block, string argument, TfValue value)
    {
        if (value.HasValue)
        {
            state[block] = TfValue.Blocks(new TfObject { [argument] = value });
        }
    }

    // Route 53 keeps the texts of TXT records in quotes.
    private static string Unquoted(string value, string? type) =>
        type is "TXT" or "SPF" && value is ['"', .. var inner, '"'] ? inner.Replace("\" \"", "\"\"", StringComparison.Ordinal) : value;

    private static JsonObject RecordOf(TfObject state, string name)
    {
        var type = state.Required("type");
        var record = new JsonObject { ["Name"] = name, ["Type"] = type, ["SetIdentifier"] = state.String("set_identifier") is { Length: > 0 } set ? set : null };
        record["Weight"] = state.Block("weighted_routing_policy")?.Int("weight");
        record["Region"] = state.Block("latency_routing_policy")?.String("region");
        record["Failover"] = state.Block("failover_routing_policy")?.String("type");
        record["MultiValueAnswer"] = state.Bool("multivalue_answer_routing_policy") == true ? true : null;
        if (state.Block("alias") is { } alias)
        {
            record["AliasTarget"] = new JsonObject
            {
                ["HostedZoneId"] = alias.String("zone_id"),
                ["DNSName"] = alias.String("name"),
                ["EvaluateTargetHealth"] = alias.Bool("evaluate_target_health") ?? false,
            };
        }
        else
        {
            var values = state.Strings("records").Select(value => new JsonObject { ["Value"] = type is "TXT" or "SPF" ? $"\"{value}\"" : value });
            (record["TTL"], record["ResourceRecords"]) = (state.Int("ttl") ?? 0, new JsonObject { ["ResourceRecord"] = new JsonArray([.. values]) });
        }

        record["HealthCheckId"] = state.String("health_check_id") is { Length: > 0 } check ? check : null;
        return record;
    }

    private async Task<string> FullNameAsync(TfObject state, CancellationToken ct)
    {
        var name = Plain(state.String("name") ?? "");
        var zone = await CallAsync("GetHostedZone", HttpMethod.Get, $"/2013-04-01/hostedzone/{state.Required("zone_id")}", ct);
        var domain = Plain(zone.Must("HostedZone.Name"));
        return name.Length == 0 ? domain : name == domain || name.EndsWith("." + domain, StringComparison.Ordinal) ? name : $"{name}.{domain}";
    }
}
