using System.Text.Json;
using Mayfly.Engine.Tools;

namespace Mayfly.Engine.Costs;

/// <summary>What an hour of an environment costs, by a small table of list prices and what the Terraform state names.</summary>
/// <param name="AnHour">US dollars.</param>
/// <param name="Unpriced">Instance types that the table does not have: their nodes are left out.</param>
public sealed record CostEstimate(decimal AnHour, IReadOnlyList<string> Unpriced)
{
    private static readonly Lazy<JsonElement> Prices = new(() =>
    {
        using var stream = typeof(CostEstimate).Assembly.GetManifestResourceStream("Mayfly.Engine.Costs.prices.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    });

    /// <summary>Estimates; null when nothing that costs anything is there.</summary>
    /// <param name="state">What the states name.</param>
    /// <param name="sleeps">True: the nodes are stopped, whatever the state says.</param>
    public static CostEstimate? Of(IEnumerable<StateInstance> state, bool sleeps)
    {
        var managed = state.Where(instance => instance.IsManaged).ToList();
        var (sum, unpriced) = (0m, new List<string>());
        foreach (var instance in managed)
        {
            sum += instance.Type == "aws_eks_node_group" ? sleeps ? 0 : Nodes(instance, unpriced)
                : Prices.Value.GetProperty("resources").TryGetProperty(instance.Type, out var price) ? price.GetDecimal() : 0;
        }

        if (sum > 0 && managed.Any(instance => instance.Type == "aws_eks_cluster") && managed.All(instance => instance.Type != "aws_lb"))
        {
            sum += Prices.Value.GetProperty("load_balancer").GetProperty("price").GetDecimal();
        }

        return sum == 0 && unpriced.Count == 0 ? null : new CostEstimate(sum, unpriced);
    }

    private static decimal Nodes(StateInstance group, List<string> unpriced)
    {
        var attributes = group.Attributes;
        var type = First(attributes, "instance_types") is { ValueKind: JsonValueKind.String } named ? named.GetString()! : "t3.medium";
        var count = First(attributes, "scaling_config") is { ValueKind: JsonValueKind.Object } scaling
            && scaling.TryGetProperty("desired_size", out var desired) && desired.TryGetInt32(out var number) ? number : 0;
        if (!Prices.Value.GetProperty("instances").TryGetProperty(type, out var price))
        {
            unpriced.Add(type);
            return 0;
        }

        var share = group.Text("capacity_type") == "SPOT" ? Prices.Value.GetProperty("spot_share").GetProperty("share").GetDecimal() : 1;
        return count * price.GetDecimal() * share;
    }

    private static JsonElement? First(JsonElement attributes, string name) =>
        attributes.ValueKind == JsonValueKind.Object && attributes.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            ? list[0] : null;
}
