using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mayfly.Engine.Infrastructure;

/// <summary>Trees of plain objects, as the configuration holds them, as JSON.</summary>
[JsonSerializable(typeof(Dictionary<string, object?>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, object?>))]
[JsonSerializable(typeof(List<object?>))]
[JsonSerializable(typeof(object[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
internal sealed partial class PlainJson : JsonSerializerContext
{
    public static new JsonSerializerOptions Options { get; } = new() { TypeInfoResolver = Default };
}
