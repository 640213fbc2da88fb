using System.Globalization;
using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Aws.Eks;

/// <summary>Lists in pages, as EKS gives them.</summary>
internal static class EksPages
{
    public static JsonObject Page(AwsCall call, string field, IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        var size = int.TryParse(call.Parameter("maxResults"), CultureInfo.InvariantCulture, out var asked) ? asked : 100;
        var from = call.Parameter("nextToken") is { } token ? all.FindIndex(name => string.CompareOrdinal(name, token) >= 0) : 0;
        from = from < 0 ? all.Count : from;
        var answer = new JsonObject { [field] = all.Skip(from).Take(size).ToJson() };
        if (from + size < all.Count)
        {
            answer["nextToken"] = all[from + size];
        }

        return answer;
    }
}
