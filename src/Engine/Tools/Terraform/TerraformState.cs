using System.Globalization;
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
    /// <exception cref="JsonException">It is no state of this format.</exception>
    public static TerraformState Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span.Trim((byte)'\n').IsEmpty)
        {
            return Empty;
        }

        var (format, serial, lineage) = (0L, 0L, "");
        var instances = new List<StateInstance>();
        JsonWalk.Members(json.Span, (string name, ref Utf8JsonReader reader) =>
        {
            switch (name)
            {
                case "version":
                    format = reader.TryGetInt64(out var number) ? number : 0;
                    break;
                case "serial":
                    serial = reader.GetInt64();
                    break;
                case "lineage":
                    lineage = reader.GetString() ?? "";
                    break;
                case "resources":
                    JsonWalk.Items(ref reader, (ref Utf8JsonReader item) => StateInstance.ReadAll(json, ref item, instances));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        });
        return format == Format ? new TerraformState(serial, lineage, instances, json)
            : throw new JsonException($"a state of format {Format} was expected, and this one is of format {format}");
    }

    private const long Format = 4;
}

/// <summary>One instance in the state.</summary>
/// <param name="Address">Full address.</param>
/// <param name="IsManaged">False for data sources.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Provider">As the state has it: <c>provider["registry.terraform.io/hashicorp/aws"]</c>.</param>
/// <param name="Recorded">The recorded attributes, as text; may hold secrets.</param>
public sealed record StateInstance(string Address, bool IsManaged, string Type, string Provider, ReadOnlyMemory<byte> Recorded)
{
    /// <summary>The recorded attributes. Read anew each time: of thousands of instances only a few are ever looked into.</summary>
    public JsonElement Attributes
    {
        get
        {
            if (Recorded.IsEmpty)
            {
                return default;
            }

            using var document = JsonDocument.Parse(Recorded);
            return document.RootElement.Clone();
        }
    }

    /// <summary>True when the thing lives inside a cluster, and dies with it.</summary>
    public bool IsInCluster => Provider.Contains("/kubernetes\"", StringComparison.Ordinal)
        || Provider.Contains("/helm\"", StringComparison.Ordinal)
        || Provider.Contains("/kubectl\"", StringComparison.Ordinal);

    /// <summary>An attribute that is a string; null otherwise.</summary>
    public string? Text(string name) =>
        Attributes is { ValueKind: JsonValueKind.Object } attributes && attributes.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Reads the instances of a resource; the reader stands on its object.</summary>
    internal static void ReadAll(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, List<StateInstance> instances)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<(string Index, ReadOnlyMemory<byte> Recorded)>();
        JsonWalk.Members(ref reader, (string name, ref Utf8JsonReader value) =>
        {
            if (name == "instances")
            {
                JsonWalk.Items(ref value, (ref Utf8JsonReader instance) => found.Add(ReadOne(json, ref instance)));
            }
            else if (value.TokenType is JsonTokenType.String)
            {
                facts[name] = value.GetString()!;
            }
            else
            {
                value.Skip();
            }
        });

        string Fact(string name) => facts.GetValueOrDefault(name) ?? throw new JsonException($"a resource without {name}");
        var managed = Fact("mode") == "managed";
        var module = facts.TryGetValue("module", out var path) ? path + "." : "";
        var address = $"{module}{(managed ? "" : "data.")}{Fact("type")}.{Fact("name")}";
        instances.AddRange(found.Select(one => new StateInstance(address + one.Index, managed, Fact("type"), Fact("provider"), one.Recorded)));
    }

    private static (string Index, ReadOnlyMemory<byte> Recorded) ReadOne(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var (index, recorded) = ("", ReadOnlyMemory<byte>.Empty);
        JsonWalk.Members(ref reader, (string name, ref Utf8JsonReader value) =>
        {
            switch (name)
            {
                case "index_key" when value.TokenType is JsonTokenType.Number:
                    index = $"[{value.GetInt64().ToString(CultureInfo.InvariantCulture)}]";
                    break;
                case "index_key" when value.TokenType is JsonTokenType.String:
                    index = $"[{HclText.Quote(value.GetString()!)}]";
                    break;
                case "attributes":
                    var start = (int)value.TokenStartIndex;
                    value.Skip();
                    recorded = json[start..(int)value.BytesConsumed];
                    break;
                default:
                    value.Skip();
                    break;
            }
        });
        return (index, recorded);
    }
}
