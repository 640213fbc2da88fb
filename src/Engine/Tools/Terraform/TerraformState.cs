using System.Text.Json;

namespace Mayfly.Engine.Tools;

/// <summary>A Terraform state as far as the engine reads it: the instances, and the whole text for a backup.</summary>
/// <param name="Serial">Grows with every write; 0 when there is no state.</param>
/// <param name="Lineage">The state's identity; empty when there is none.</param>
/// <param name="Instances">Managed and data instances.</param>
/// <param name="Json">The text as it was pulled.</param>
public sealed record TerraformState(long Serial, string Lineage, IReadOnlyList<StateInstance> Instances, ReadOnlyMemory<byte> Json)
{
    /// <summary>The state of a root that was never applied.</summary>
    public static TerraformState Empty { get; } = new(0, "", [], ReadOnlyMemory<byte>.Empty);

    /// <summary>Managed resources only: what can be destroyed.</summary>
    public IEnumerable<StateInstance> Managed => Instances.Where(instance => instance.IsManaged);

    /// <summary>Reads format 4, the only one since Terraform 0.12; an empty text is an empty state.</summary>
    public static TerraformState Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span.Trim((byte)'\n').IsEmpty)
        {
            return Empty;
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var instances = root.TryGetProperty("resources", out var resources)
            ? resources.EnumerateArray().SelectMany(StateInstance.ReadAll).ToList()
            : [];
        return new TerraformState(
            root.TryGetProperty("serial", out var serial) ? serial.GetInt64() : 0,
            root.TryGetProperty("lineage", out var lineage) ? lineage.GetString() ?? "" : "",
            instances,
            json);
    }
}

/// <summary>One instance in the state.</summary>
/// <param name="Address">Full address.</param>
/// <param name="IsManaged">False for data sources.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Provider">As the state has it: <c>provider["registry.terraform.io/hashicorp/aws"]</c>.</param>
/// <param name="Attributes">The recorded attributes; may hold secrets.</param>
public sealed record StateInstance(string Address, bool IsManaged, string Type, string Provider, JsonElement Attributes)
{
    /// <summary>True when the thing lives inside a cluster, and dies with it.</summary>
    public bool IsInCluster => Provider.Contains("/kubernetes\"", StringComparison.Ordinal)
        || Provider.Contains("/helm\"", StringComparison.Ordinal)
        || Provider.Contains("/kubectl\"", StringComparison.Ordinal);

    /// <summary>An attribute that is a string; null otherwise.</summary>
    public string? Text(string name) =>
        Attributes.ValueKind is JsonValueKind.Object && Attributes.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    internal static IEnumerable<StateInstance> ReadAll(JsonElement resource)
    {
        var type = resource.GetProperty("type").GetString() ?? "";
        var managed = resource.GetProperty("mode").GetString() == "managed";
        var module = resource.TryGetProperty("module", out var path) ? path.GetString() + "." : "";
        var address = $"{module}{(managed ? "" : "data.")}{type}.{resource.GetProperty("name").GetString()}";
        var provider = resource.GetProperty("provider").GetString() ?? "";
        foreach (var instance in resource.GetProperty("instances").EnumerateArray())
        {
            var attributes = instance.TryGetProperty("attributes", out var value) ? value.Clone() : default;
            yield return new StateInstance(address + Index(instance), managed, type, provider, attributes);
        }
    }

    private static string Index(JsonElement instance) =>
        !instance.TryGetProperty("index_key", out var key) ? ""
        : key.ValueKind is JsonValueKind.Number ? $"[{key.GetRawText()}]"
        : $"[{HclText.Quote(key.GetString() ?? "")}]";
}
