using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Mayfly.Aws.Protocols;

/// <summary>Reads answers of the JSON protocols.</summary>
internal static class AwsJson
{
    public static JsonObject Parse(byte[] body, AwsService service, string operation) =>
        Read(body, AwsJsonContext.Default.JsonObject, service, operation);

    public static T Read<T>(byte[] body, JsonTypeInfo<T> type, AwsService service, string operation)
    {
        try
        {
            // An operation without an answer answers with nothing, and some stand-ins with a null.
            return JsonSerializer.Deserialize(body.Length == 0 || body.AsSpan().SequenceEqual("null"u8) ? "{}"u8 : body, type)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new AwsException(AwsErrorCodes.BadAnswer, $"{service.Id} {operation}: the answer is not the JSON expected.", exception)
            {
                Service = service.Id,
                Operation = operation,
            };
        }
    }
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class AwsJsonContext : JsonSerializerContext;

/// <summary>AWS's JSON writes instants as seconds since 1970, with a fraction.</summary>
internal sealed class EpochSecondsConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? DateTimeOffset.Parse(reader.GetString()!, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime
            : DateTime.UnixEpoch.AddSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((value.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
}
