using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Mayfly.TerraformProviders.Values;

/// <summary>Serialisation without reflection, for a quick start.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class TypeJson : JsonSerializerContext;
