using System.Text.Json.Nodes;
using Mayfly.TerraformProviders.Aws.Core;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Aws.Balancing;

/// <summary>What a listener or a rule does with a request, as blocks and as the API has it.</summary>
internal static class Actions
{
    private static readonly string[] Redirect = ["host", "path", "port", "protocol", "query", "status_code"];
    private static readonly string[] Fixed = ["content_type", "message_body", "status_code"];

    /// <summary>Paths that a resource with actions in a block honours.</summary>
    public static IEnumerable<string> Honoured(string block) => new[] { "order", "target_group_arn", "type", "fixed_response", "forward", "redirect" }.Select(name => $"{block}.{name}");

    /// <summary>For a request.</summary>
    public static JsonObject? ToRequest(IReadOnlyList<TfObject> blocks) => Wire.Members(blocks.Select((block, index) =>
    {
        var action = new JsonObject { ["Type"] = block.String("type"), ["Order"] = block.Int("order") is > 0 and var order ? order : index + 1 };
        action["TargetGroupArn"] = block.String("target_group_arn") is { Length: > 0 } arn ? arn : null;
        action["RedirectConfig"] = block.Block("redirect")?.Give(Mapping.Pascal, Redirect);
        action["FixedResponseConfig"] = block.Block("fixed_response")?.Give(Mapping.Pascal, Fixed);
        if (block.Block("forward") is { } forward)
        {
            var sticky = forward.Block("stickiness");
            action["ForwardConfig"] = new JsonObject
            {
                ["TargetGroups"] = Wire.Members(forward.Blocks("target_group").Select(group => group.Give(Mapping.Pascal, "arn=TargetGroupArn", "weight"))),
                ["TargetGroupStickinessConfig"] = sticky?.Give(Mapping.Pascal, "enabled", "duration=DurationSeconds"),
            };
        }

        return action;
    }));

    /// <summary>From an answer; a forward to one group is written as it was before.</summary>
    public static TfValue ToBlocks(IReadOnlyList<JsonNode> actions, IReadOnlyList<TfObject> before) =>
        TfValue.Blocks(actions.Select((action, index) =>
        {
            var block = new TfObject { ["type"] = action.Text("Type"), ["order"] = action.Number("Order") ?? index + 1 };
            var groups = action.Items("ForwardConfig.TargetGroups");
            if (action.Text("Type") == "forward")
            {
                var old = before.ElementAtOrDefault(index);
                if (groups.Count <= 1 && old?.Block("forward") is null)
                {
                    block["target_group_arn"] = action.Text("TargetGroupArn") ?? groups.FirstOrDefault().Text("TargetGroupArn");
                }
                else
                {
                    block["forward"] = TfValue.Blocks(new TfObject
                    {
                        ["target_group"] = TfValue.Blocks(groups.Select(group => new TfObject { ["weight"] = 1 }.Take(group, "arn=TargetGroupArn", "weight"))),
                        ["stickiness"] = old?.Block("forward")?["stickiness"] ?? TfValue.Blocks(),
                    });
                }
            }

            if (action.At("RedirectConfig") is JsonObject redirect)
            {
                block["redirect"] = TfValue.Blocks(new TfObject().Take(redirect, Redirect));
            }

            if (action.At("FixedResponseConfig") is JsonObject response)
            {
                block["fixed_response"] = TfValue.Blocks(new TfObject().Take(response, Fixed));
            }

            return block;
        }));
}
