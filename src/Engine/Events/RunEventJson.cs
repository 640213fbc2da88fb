using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mayfly.Engine.Events;

/// <summary>How events look on the wire: snake case, no nulls left out, no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunEvent))]
public sealed partial class RunEventJson : JsonSerializerContext
{
    /// <summary>One event as one line.</summary>
    public static string Line(RunEvent happened) => JsonSerializer.Serialize(happened, Default.RunEvent);
}
