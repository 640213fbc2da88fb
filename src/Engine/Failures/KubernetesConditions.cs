using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>Conditions as Kubernetes objects report them: some are good when they hold (Ready), some when they do not (MemoryPressure).</summary>
internal static partial class KubernetesConditions
{
    /// <summary>Whether the object reports conditions, each of them is as it should be, and nothing in it waits or has ended badly.</summary>
    public static bool AllHold(JsonElement root)
    {
        var found = 0;
        return Visit(root, ref found) && found > 0;
    }

    private static bool Visit(JsonElement element, ref int found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when Condition(element) is { } good:
                found++;
                return good;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (property.Name is "waiting" or "terminated" or "deletionTimestamp" || !Visit(property.Value, ref found))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (!Visit(item, ref found))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return true;
        }
    }

    private static bool? Condition(JsonElement element) =>
        element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && element.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
        && status.GetString() is "True" or "False" or "Unknown"
            ? status.GetString() == (BadWhenTrue().IsMatch(type.GetString()!) ? "False" : "True")
            : null;

    [GeneratedRegex("Pressure$|Unavailable$|Fail|Stalled|Degraded|^NamespaceDeletion|Remaining$|Terminating|Disruption|Error|Dangling|Suspended")]
    private static partial Regex BadWhenTrue();
}
