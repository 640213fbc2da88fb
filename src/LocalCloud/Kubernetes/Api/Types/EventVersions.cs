using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Events live once and are shown in two groups, under other names.</summary>
internal static class EventVersions
{
    private static readonly (string Core, string Events)[] Names =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
            ("count", "deprecatedCount"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"),
        ("reportingComponent", "reportingController"),
    ];

    public static JsonObject ToEventsGroup(JsonObject core) => Rename(core, "events.k8s.io/v1", core: false);

    public static JsonObject ToCore(JsonObject events) => Rename(events, "v1", core: true);

    private static JsonObject Rename(JsonObject source, string apiVersion, bool core)
    {
        var result = new JsonObject { ["kind"] = "Event", ["apiVersion"] = apiVersion };
        foreach (var (name, value) in source)
        {
            if (name is not ("kind" or "apiVersion"))
            {
                var pair = Names.FirstOrDefault(names => (core ? names.Events : names.Core) == name);
                result[pair.Core is null ? name : core ? pair.Core : pair.Events] = value?.DeepClone();
            }
        }

        return result;
    }
}
