using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MessagePack;

namespace Mayfly.TerraformProviders.Values;

/// <summary>
/// Values in the MessagePack form that Terraform exchanges: an extension stands for unknown, a set is an array, a
/// number that no machine integer holds is text, and a value of any type is a pair of its type and itself.
/// </summary>
public static class TfMsgPack
{
    /// <summary>Reads a value of a type.</summary>
    public static TfValue Read(TfType type, ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        return Read(type, ref reader);
    }

    /// <summary>Writes a value that has the type already (<see cref="TfCoercion"/>).</summary>
    public static byte[] Write(TfType type, TfValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        Write(type, value, ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static TfValue Read(TfType type, ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return TfValue.Null;
            case MessagePackType.Extension:
                // Plain unknown, or unknown with hints on its range; the hints may be left out of account.
                reader.ReadExtensionFormat();
                return TfValue.Unknown;
        }

        switch (type)
        {
            case TfType.Primitive { Name: "string" }:
                return reader.ReadString();
            case TfType.Primitive { Name: "bool" }:
                return reader.ReadBoolean();
            case TfType.Primitive { Name: "number" }:
                return ReadNumber(ref reader);
            case TfType.Primitive:
                reader.ReadArrayHeader();
                var own = TfTypes.Parse(reader.ReadBytes()!.Value.ToArray());
                return new TfDynamic(own, Read(own, ref reader));
            case TfType.List list:
                return new TfList(ReadElements(_ => list.Element, ref reader));
            case TfType.Set set:
                return new TfSet(ReadElements(_ => set.Element, ref reader));
            case TfType.Tuple tuple:
                return new TfList(ReadElements(index => tuple.Elements[index], ref reader));
            case TfType.Map map:
                return new TfMap(ReadEntries(_ => map.Element, ref reader));
            default:
                var attributes = ((TfType.Object)type).Attributes;
                return new TfObject(ReadEntries(name => attributes[name], ref reader));
        }
    }

    private static TfNumber ReadNumber(ref MessagePackReader reader) => reader.NextMessagePackType switch
    {
        MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64 =>
            new(reader.ReadUInt64().ToString(CultureInfo.InvariantCulture)),
        MessagePackType.Integer => new(reader.ReadInt64().ToString(CultureInfo.InvariantCulture)),
        MessagePackType.Float => TfNumber.From(reader.ReadDouble()),
        _ => new(reader.ReadString()!),
    };

    private static TfValue[] ReadElements(Func<int, TfType> typeAt, ref MessagePackReader reader)
    {
        var elements = new TfValue[reader.ReadArrayHeader()];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = Read(typeAt(i), ref reader);
        }

        return elements;
    }

    private static Dictionary<string, TfValue> ReadEntries(Func<string, TfType> typeOf, ref MessagePackReader reader)
    {
        var count = reader.ReadMapHeader();
        var entries = new Dictionary<string, TfValue>(count);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString()!;
            entries[name] = Read(typeOf(name), ref reader);
        }

        return entries;
    }

    private static void Write(TfType type, TfValue value, ref MessagePackWriter writer)
    {
        switch (type, value)
        {
            case (_, TfNull):
                writer.WriteNil();
                break;
            case (_, TfUnknown):
                writer.WriteExtensionFormat(new ExtensionResult(0, new byte[] { 0 }));
                break;
            case (_, TfString text):
                writer.WriteString(Encoding.UTF8.GetBytes(text.Text));
                break;
            case (_, TfBool truth):
                writer.Write(truth.Truth);
                break;
            case (_, TfNumber number):
                WriteNumber(number, ref writer);
                break;
            case (_, TfDynamic dynamic):
                writer.WriteArrayHeader(2);
                writer.Write(JsonSerializer.SerializeToUtf8Bytes(TfTypes.ToJson(dynamic.Type), TypeJson.Default.JsonNode));
                Write(dynamic.Type, dynamic.Value, ref writer);
                break;
            case (TfType.List list, TfList elements):
                WriteElements(elements.Elements, _ => list.Element, ref writer);
                break;
            case (TfType.Set set, TfSet elements):
                WriteElements(elements.Elements, _ => set.Element, ref writer);
                break;
            case (TfType.Tuple tuple, TfList elements):
                WriteElements(elements.Elements, index => tuple.Elements[index], ref writer);
                break;
            case (TfType.Map map, TfMap entries):
                WriteEntries([.. entries.Entries], _ => map.Element, ref writer);
                break;
            case (TfType.Object shape, TfObject attributes):
                WriteEntries(
                    [.. shape.Attributes.Keys.Select(name => KeyValuePair.Create(name, attributes[name]))],
                    name => shape.Attributes[name],
                    ref writer);
                break;
            default:
                throw new InvalidOperationException($"a {value.GetType().Name} cannot be written as {type}");
        }
    }

    private static void WriteNumber(TfNumber number, ref MessagePackWriter writer)
    {
        if (long.TryParse(number.Literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            writer.Write(whole);
        }
        else
        {
            writer.Write(number.Literal);
        }
    }

    private static void WriteElements(IReadOnlyList<TfValue> elements, Func<int, TfType> typeAt, ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(elements.Count);
        for (var i = 0; i < elements.Count; i++)
        {
            Write(typeAt(i), elements[i], ref writer);
        }
    }

    private static void WriteEntries(
        KeyValuePair<string, TfValue>[] entries, Func<string, TfType> typeOf, ref MessagePackWriter writer)
    {
        writer.WriteMapHeader(entries.Length);
        foreach (var (name, value) in entries)
        {
            writer.Write(name);
            Write(typeOf(name), value, ref writer);
        }
    }
}
