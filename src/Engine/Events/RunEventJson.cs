using System.Text.Json;
using System.Text.Json.Serialization;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Events;

/// <summary>How events look on the wire: snake case, no nulls left out, no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(DispositionName)])]
[JsonSerializable(typeof(RunEvent))]
public sealed partial class RunEventJson : JsonSerializerContext
{
    /// <summary>One event as one line.</summary>
    public static string Line(RunEvent happened) => JsonSerializer.Serialize(happened, Default.RunEvent);
}

/// <summary>Dispositions by the names of the taxonomy, as in the result object: <c>retry_after_wait</c>.</summary>
internal sealed class DispositionName : JsonConverter<Disposition>
{
    public override Disposition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        FailureRules.Disposition(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, Disposition value, JsonSerializerOptions options) =>
        writer.WriteStringValue(FailureRules.Name(value));
}
