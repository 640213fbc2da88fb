using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>What <c>UpdateNodegroupConfig</c> does to a node group's document.</summary>
internal static class EksNodegroupUpdate
{
    public static void Apply(JsonObject group, JsonObject body)
    {
        var labels = group.Obj("labels") ?? [];
        foreach (var (key, value) in body.Obj("labels").Obj("addOrUpdateLabels") ?? [])
        {
            labels[key] = value?.DeepClone();
        }

        foreach (var key in body.Obj("labels").Strings("removeLabels"))
        {
            labels.Remove(key);
        }

        var taints = (group["taints"] as JsonArray ?? []).OfType<JsonObject>().Select(taint => (JsonObject)taint.DeepClone()).ToList();
        foreach (var (list, isNew) in (ReadOnlySpan<(string, bool)>)[("removeTaints", false), ("addOrUpdateTaints", true)])
        {
            foreach (var taint in (body.Obj("taints")?[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                taints.RemoveAll(old => old.Str("key") == taint.Str("key") && old.Str("effect") == taint.Str("effect"));
                if (isNew)
                {
                    taints.Add((JsonObject)taint.DeepClone());
                }
            }
        }

        group["taints"] = new JsonArray([.. taints]);
        foreach (var (key, value) in body.Obj("scalingConfig") ?? [])
        {
            group.Obj("scalingConfig")![key] = value?.DeepClone();
        }

        body.CopyTo("updateConfig", group);
    }
}
