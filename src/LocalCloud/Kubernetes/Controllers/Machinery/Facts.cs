using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>Questions that several controllers ask of objects.</summary>
public static class Facts
{
    private const string Safe = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Whether labels fit a selector; an empty selector fits everything, none fits nothing.</summary>
    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels)
    {
        if (selector is null)
        {
            return false;
        }

        string? Value(string key) => labels is not null && labels.TryGetValue(key, out var value) ? value : null;
        return (selector.MatchLabels?.All(wanted => Value(wanted.Key) == wanted.Value) ?? true)
            && (selector.MatchExpressions?.All(wanted => wanted.OperatorProperty switch
            {
                "In" => Value(wanted.Key) is { } value && wanted.Values.Contains(value),
                "NotIn" => Value(wanted.Key) is not { } value || !wanted.Values.Contains(value),
                "Exists" => Value(wanted.Key) is not null,
                "DoesNotExist" => Value(wanted.Key) is null,
                _ => false,
            }) ?? true);
    }

    /// <summary>Whether labels fit a plain map, as a Service selects.</summary>
    public static bool Matches(IDictionary<string, string> selector, IDictionary<string, string>? labels) =>
        selector.All(wanted => labels is not null && labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);

    /// <summary>Whether a pod is ready.</summary>
    public static bool IsReady(V1Pod pod) => Condition(pod, "Ready")?.Status == "True";

    /// <summary>Whether a pod has been ready for so long; if it is ready but not yet long enough, <paramref name="wait"/> says how long is left.</summary>
    public static bool IsAvailable(V1Pod pod, int minReadySeconds, DateTime now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (Condition(pod, "Ready") is not { Status: "True" } ready)
        {
            return false;
        }

        if (minReadySeconds == 0)
        {
            return true;
        }

        wait = (ready.LastTransitionTime ?? now) + TimeSpan.FromSeconds(minReadySeconds) - now;
        return wait <= TimeSpan.Zero;
    }

    /// <summary>Whether a pod's containers have all ended for good.</summary>
    public static bool IsFinished(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>A condition of a pod.</summary>
    public static V1PodCondition? Condition(V1Pod pod, string type) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>The owner that controls an object.</summary>
    public static V1OwnerReference? Controller(IMetadata<V1ObjectMeta> item) =>
        item.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);

    /// <summary>The reference by which an object controls another.</summary>
    public static V1OwnerReference Reference(IKubernetesObject<V1ObjectMeta> owner, bool block = true) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = block,
    };

    /// <summary>Index values: the UID of the controlling owner.</summary>
    public static IEnumerable<string> OwnerUids(IMetadata<V1ObjectMeta> item) => Controller(item) is { } owner ? [owner.Uid] : [];

    /// <summary>An object as JSON, with the server's names.</summary>
    public static JsonNode? Json(object? item) => item is null ? null : JsonNode.Parse(KubernetesJson.Serialize(item));

    /// <summary>Whether two objects say the same.</summary>
    public static bool Same(object? one, object? other) => JsonNode.DeepEquals(Json(one), Json(other));

    /// <summary>A copy that can be changed without changing what others see.</summary>
    public static T Copy<T>(T item) => KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(item!));

    /// <summary>A short hash of an object, independent of the order of its fields.</summary>
    public static string Hash(object item, int? collisions = null)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(Canonical(Json(item)) + collisions))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return Word(hash, 10);
    }

    /// <summary>A random suffix as Kubernetes makes them: no vowels, so that no words come about.</summary>
    public static string Suffix(int length = 5) => Word((ulong)Random.Shared.NextInt64(), length);

    /// <summary>A number, or a share of a total that is rounded up or down.</summary>
    public static int Scaled(IntOrString? value, int total, bool up, string fallback)
    {
        var text = value?.Value ?? fallback;
        if (!text.EndsWith('%'))
        {
            return int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        }

        var share = int.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture) * total / 100.0;
        return (int)(up ? Math.Ceiling(share) : Math.Floor(share));
    }

    private static string Word(ulong number, int length) => string.Create(length, number, static (word, rest) =>
    {
        for (var i = 0; i < word.Length; i++)
        {
            word[i] = Safe[(int)(rest % (ulong)Safe.Length)];
            rest /= (ulong)Safe.Length;
        }
    });

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(',', map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}:{Canonical(field.Value)}")) + "}",
        JsonArray list => "[" + string.Join(',', list.Select(Canonical)) + "]",
        null => "",
        _ => node.ToJsonString(),
    };
}
