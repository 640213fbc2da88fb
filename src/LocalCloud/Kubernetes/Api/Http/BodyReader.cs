using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using YamlDotNet.Core;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>A request's body as a tree, whatever it was written in.</summary>
internal sealed record RequestBody(JsonNode? Node, IReadOnlyList<string> Duplicates)
{
    private const string Accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

    public JsonObject Object => Node as JsonObject
        ?? throw ApiErrors.BadRequest("the object provided is unrecognized (must be of type Object)");

    public static async Task<byte[]> BytesAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.ToArray();
    }

    public static async Task<RequestBody> ReadAsync(HttpContext http)
    {
        var type = (http.Request.ContentType ?? "application/json").Split(';')[0].Trim();
        var bytes = await BytesAsync(http);
        return type switch
        {
            "application/json" => Parse(bytes),
            "application/yaml" => ParseYaml(bytes),
            "application/vnd.kubernetes.protobuf" =>
                new RequestBody(ProtobufBodies.Read(bytes, BuiltInTypes.SchemaOf), []),
            _ => throw ApiErrors.UnsupportedMediaType(Accepted),
        };
    }

    /// <summary>JSON, which is also what most send as YAML; else YAML.</summary>
    public static RequestBody ParseYaml(byte[] bytes)
    {
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
        {
            return Parse(bytes);
        }

        try
        {
            return new RequestBody(YamlParser.Parse(Encoding.UTF8.GetString(bytes)), []);
        }
        catch (YamlException error)
        {
            throw ApiErrors.BadRequest(
                $"error converting YAML to JSON: yaml: line {error.Start.Line}: {error.Message}");
        }
    }

    public static RequestBody Parse(byte[] bytes)
    {
        var duplicates = new List<string>();
        try
        {
            return new RequestBody(bytes.Length == 0 ? null : JsonParser.Parse(bytes, duplicates), duplicates);
        }
        catch (JsonException error)
        {
            throw ApiErrors.BadRequest("couldn't get version/kind; json parse error: " + error.Message);
        }
    }
}
