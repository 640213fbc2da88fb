using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// Bodies in Kubernetes' protobuf form: four bytes, an envelope with the type's name, the object. Clients with types of their own send
/// them (helm its release records, kubectl much of what it creates); answers are JSON, which all of them accept.
/// </summary>
internal static class ProtobufBodies
{
    private const int EnvelopeType = 1;
    private const int EnvelopeRaw = 2;

    // Go writes fields that are no pointers even when they are empty. Where a zero is worth nothing, it is left out as in JSON.
    private static readonly HashSet<string> EmptyMeansAbsent = new(StringComparer.Ordinal)
    {
        "hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly", "paused",
            "publishNotReadyAddresses", "globalDefault",
        "hostPort", "nodePort", "healthCheckNodePort", "minReadySeconds", "initialDelaySeconds", "timeoutSeconds",
            "periodSeconds",
        "successThreshold", "failureThreshold", "generation", "number", "observedGeneration", "count",
    };

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <param name="body">The bytes.</param>
    /// <param name="find">Finds the schema of an apiVersion and kind.</param>
    public static JsonObject? Read(byte[] body, Func<string, string, Schema?> find)
    {
        if (body.Length == 0)
        {
            return null;
        }

        if (!body.AsSpan().StartsWith(Magic))
        {
            throw ApiErrors.BadRequest(
                "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        try
        {
            var (version, kind, raw) = Envelope(body[Magic.Length..]);
            var schema = find(version, kind) ?? throw Unreadable(kind);
            var value = new JsonObject { ["kind"] = kind, ["apiVersion"] = version };
            Fields(value, MessageOf(schema, version), schema, new CodedInputStream(raw));
            return value;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw ApiErrors.BadRequest("proto: cannot parse invalid wire-format data: " + error.Message);
        }
    }

    private static (string Version, string Kind, byte[] Raw) Envelope(byte[] body)
    {
        var (version, kind, raw) = ("", "", Array.Empty<byte>());
        var input = new CodedInputStream(body);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case EnvelopeType:
                    var type = new CodedInputStream(input.ReadBytes().ToByteArray());
                    while (type.ReadTag() is var inner and not 0)
                    {
                        var text = type.ReadString();
                        (version, kind) = WireFormat.GetTagFieldNumber(inner) == 1 ? (text, kind) : (version, text);
                    }

                    break;
                case EnvelopeRaw:
                    raw = input.ReadBytes().ToByteArray();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (version, kind, raw);
    }

    // Two groups have an Event of their own.
    private static string MessageOf(Schema schema, string version) =>
        schema.TypeName == "Event" ? version == "v1" ? "Corev1Event" : "Eventsv1Event" : schema.TypeName!;

    private static void Fields(JsonObject into, string message, Schema schema, CodedInputStream input)
    {
        var numbers = ProtobufFields.Of(message) ?? throw Unreadable(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (!numbers.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var name))
            {
                // To drop what somebody asked for would be worse than to refuse it.
                throw Unreadable($"{message}, field {WireFormat.GetTagFieldNumber(tag)}");
            }

            if (name[0] == '~')
            {
                Fields(into, name[1..], schema, new CodedInputStream(input.ReadBytes().ToByteArray()));
            }
            else if (name == "managedFields" || schema.Member(name) is not { } member)
            {
                input.SkipLastField();
            }
            else
            {
                Field(into, name, member, input);
            }
        }
    }

    private static void Field(JsonObject into, string name, Schema schema, CodedInputStream input)
    {
        switch (schema.Kind)
        {
            case SchemaKind.List:
                if (into[name] is not JsonArray list)
                {
                    into[name] = list = [];
                }

                list.Add(Value(schema.Element!, input));
                break;
            case SchemaKind.Map:
                var (key, value) = Entry(schema.Element!, new CodedInputStream(input.ReadBytes().ToByteArray()));
                into.Child(name)[key] = value;
                break;
            default:
                var read = Value(schema, input);
                if (read is not null && !IsAbsent(name, read))
                {
                    into[name] = read;
                }

                break;
        }
    }

    private static bool IsAbsent(string name, JsonNode value) => value is JsonValue plain
        && (plain.TryGetValue(out string? text) ? text.Length == 0 && name is not ("storageClassName" or "value")
            : EmptyMeansAbsent.Contains(name)
                && (plain.TryGetValue(out bool flag) ? !flag : Json.AsDecimal(plain) == 0));

    private static (string Key, JsonNode? Value) Entry(Schema element, CodedInputStream input)
    {
        var key = "";
        JsonNode? value = null;
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 1)
            {
                key = input.ReadString();
            }
            else if (element.Kind == SchemaKind.List)
            {
                // A map of lists is a map of messages that hold a list.
                var list = new JsonArray();
                var items = new CodedInputStream(input.ReadBytes().ToByteArray());
                while (items.ReadTag() != 0)
                {
                    list.Add(Value(element.Element!, items));
                }

                value = list;
            }
            else
            {
                value = Value(element, input);
            }
        }

        return (key, value ?? (element.Kind == SchemaKind.String ? "" : null));
    }

    private static JsonNode? Value(Schema schema, CodedInputStream input)
    {
        switch (schema.Kind)
        {
            case SchemaKind.String when schema.Format == "byte":
                return input.ReadBytes().ToBase64();
            case SchemaKind.String when schema.Format == "date-time":
                return Time(Numbers(input));
            case SchemaKind.String:
                return input.ReadString();
            case SchemaKind.Integer:
                return input.ReadInt64();
            case SchemaKind.Boolean:
                return input.ReadBool();
            case SchemaKind.Number:
                return input.ReadDouble();
            case SchemaKind.IntOrString:
                var either = Numbers(input);
                return either.Number(1) == 1 ? either.Text(3) : either.Number(2);
            case SchemaKind.Quantity:
                return Numbers(input).Text(1);
            case SchemaKind.Object:
                var value = new JsonObject();
                Fields(value, schema.TypeName!, schema, new CodedInputStream(input.ReadBytes().ToByteArray()));
                return value;
            default:
                var raw = Numbers(input).Text(1);
                return raw.Length == 0 ? null : JsonParser.Parse(System.Text.Encoding.UTF8.GetBytes(raw));
        }
    }

    private static JsonValue? Time(Scalars time)
    {
        if (time.IsEmpty)
        {
            return null;
        }

        var moment = DateTimeOffset.FromUnixTimeSeconds(time.Number(1)).AddTicks(time.Number(2) / 100).UtcDateTime;
        return JsonValue.Create(moment.ToString(time.Number(2) == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>A small message of numbers and texts.</summary>
    private static Scalars Numbers(CodedInputStream outer)
    {
        var scalars = new Scalars();
        var input = new CodedInputStream(outer.ReadBytes().ToByteArray());
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.Varint)
            {
                scalars.Set(number, input.ReadInt64());
            }
            else
            {
                scalars.Set(number, input.ReadString());
            }
        }

        return scalars;
    }

    private static ApiException Unreadable(string what) => new(ApiErrors.Status(
        415, "UnsupportedMediaType",
        $"this server does not read {what} from protobuf - accepted media types include: application/json, application/yaml", []));

    private sealed class Scalars
    {
        private readonly Dictionary<int, object> _values = [];

        public bool IsEmpty => _values.Count == 0;

        public void Set(int number, object value) => _values[number] = value;

        public long Number(int number) => _values.GetValueOrDefault(number) is long value ? value : 0;

        public string Text(int number) => _values.GetValueOrDefault(number) as string ?? "";
    }
}
