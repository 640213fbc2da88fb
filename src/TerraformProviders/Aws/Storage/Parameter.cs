using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Storage;

/// <summary>aws_ssm_parameter.</summary>
internal sealed class Parameter(AwsCloud cloud) : AwsResource(cloud)
{
    public override string Type => "aws_ssm_parameter";

    public override IReadOnlyList<string> ForceNew => ["name"];

    public override IReadOnlyList<string> UnknownOnUpdate => ["version"];

    protected override string Noun => "SSM Parameter";

    protected override IReadOnlyList<string> Honoured =>
    [
        "name", "type", "value", "insecure_value", "value_wo", "value_wo_version", "description", "tier", "key_id", "allowed_pattern", "data_type", "overwrite", "arn",
    ];

    protected override async Task CreateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        var input = Input(change);
        input["Overwrite"] = change.State.Bool("overwrite") ?? false;
        input["Tags"] = input["Overwrite"]!.GetValue<bool>() || TagsOf(change).Count == 0 ? null : Wire.Tags(TagsOf(change));
        await CallAsync("PutParameter", input, ct);
        change.State["id"] = change.State["name"];
        if (change.State.Bool("overwrite") == true && TagsOf(change) is { Count: > 0 } tags)
        {
            await TagAsync(change.State, tags, ct);
        }
    }

    protected override async Task<bool> ReadCoreAsync(TfObject state, CancellationToken ct)
    {
        var name = state.Required("id");
        var parameter = (await CallAsync("GetParameter", new() { ["Name"] = name, ["WithDecryption"] = true }, ct)).At("Parameter");
        state.Take(parameter, "arn=ARN", "name", "type", "version", "data_type");
        state["has_value_wo"] = state["value_wo_version"].HasValue;
        if (state["insecure_value"].HasValue)
        {
            state["insecure_value"] = parameter.Text("Value");
        }
        else if (!state["value_wo_version"].HasValue)
        {
            state["value"] = parameter.Text("Value");
            state["insecure_value"] = TfValue.Null;
        }

        var filter = new JsonObject { ["Key"] = "Name", ["Option"] = "Equals", ["Values"] = new JsonArray(name) };
        var about = (await CallAsync("DescribeParameters", new() { ["ParameterFilters"] = new JsonArray(filter) }, ct)).At("Parameters.0");
        state.Take(about, "key_id", "tier");
        (state["description"], state["allowed_pattern"]) = (about.Text("Description"), about.Text("AllowedPattern"));
        var tags = await CallAsync("ListTagsForResource", new() { ["ResourceType"] = "Parameter", ["ResourceId"] = name }, ct);
        TakeTags(state, tags.Items("TagList").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? "")));
        return true;
    }

    protected override async Task UpdateCoreAsync(ResourceChange change, CancellationToken ct)
    {
        if (Honoured.Except(["overwrite", "arn", "insecure_value"]).Any(change.Changed) || change.Changed("insecure_value"))
        {
            var input = Input(change);
            input["Overwrite"] = true;
            await CallAsync("PutParameter", input, ct);
        }
    }

    protected override Task DeleteCoreAsync(ResourceChange change, CancellationToken ct) => CallAsync("DeleteParameter", new() { ["Name"] = change.Id }, ct);

    protected override Task TagAsync(TfObject state, IReadOnlyDictionary<string, string> tags, CancellationToken ct) =>
        CallAsync("AddTagsToResource", new() { ["ResourceType"] = "Parameter", ["ResourceId"] = state.Required("id"), ["Tags"] = Wire.Tags(tags) }, ct);

    protected override Task UntagAsync(TfObject state, IReadOnlyList<string> keys, CancellationToken ct) =>
        CallAsync("RemoveTagsFromResource", new() { ["ResourceType"] = "Parameter", ["ResourceId"] = state.Required("id"), ["TagKeys"] = Wire.Array(keys) }, ct);

    private static JsonObject Input(ResourceChange change)
    {
        var input = change.State.Give(Mapping.Pascal, "name", "type", "description", "tier", "allowed_pattern", "data_type");
        input["Value"] = change.Config.String("value") ?? change.Config.String("value_wo") ?? change.Config.String("insecure_value");
        input["KeyId"] = change.State.String("type") == "SecureString" ? change.State.String("key_id") : null;
        return input;
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken ct) => Cloud.CallAsync(AwsApi.Ssm, operation, input, ct);
}
