using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>The model cannot be built; the message is what the controller tells in its event.</summary>
internal sealed class BuildException(string message) : Exception(message);

/// <summary>The controller's annotations of an Ingress, with those of a Service before them where both may say something.</summary>
internal sealed class Annotations(V1Ingress ingress, V1Service? service = null)
{
    private const string Prefix = "alb.ingress.kubernetes.io/";

    /// <summary>One annotation.</summary>
    public string? Find(string name) => Of(service?.Metadata, name) ?? Of(ingress.Metadata, name);

    /// <summary>A list, separated by commas.</summary>
    public List<string> List(string name) =>
        [.. (Find(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>A map, <c>a=b,c=d</c>.</summary>
    public Dictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>();
        foreach (var pair in List(name))
        {
            map[pair.Split('=', 2)[0]] = pair.Split('=', 2) is [_, var value]
                ? value
                : throw new BuildException($"failed to parse stringMap annotation, {Prefix}{name}: {Find(name)}");
        }

        return map;
    }

    /// <summary>The ports to listen on, with their protocol; null: the Ingress does not say.</summary>
    public List<(string Protocol, int Port)>? ListenPorts()
    {
        if (Find("listen-ports") is not { } raw)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(raw) is JsonArray { Count: > 0 } entries
                ? [.. entries.OfType<JsonObject>().SelectMany(entry => entry).Select(port => (port.Key, (int)port.Value!))]
                : throw new BuildException($"empty listen-ports configuration: `{raw}`");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new BuildException($"failed to parse json annotation, {Prefix}listen-ports: {raw}");
        }
    }

    /// <summary>A whole number.</summary>
    public int? Number(string name) => Find(name) is not { } raw ? null
        : int.TryParse(raw, CultureInfo.InvariantCulture, out var number) ? number
        : throw new BuildException($"failed to parse int64 annotation, {Prefix}{name}: {raw}");

    /// <summary>A JSON annotation such as <c>actions.NAME</c>.</summary>
    public JsonObject? Json(string name)
    {
        if (Find(name) is not { } raw)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(raw) as JsonObject;
        }
        catch (JsonException)
        {
            throw new BuildException($"failed to parse json annotation, {Prefix}{name}: {raw}");
        }
    }

    private static string? Of(V1ObjectMeta? metadata, string name) =>
        metadata?.Annotations is { } annotations && annotations.TryGetValue(Prefix + name, out var value) ? value : null;
}
