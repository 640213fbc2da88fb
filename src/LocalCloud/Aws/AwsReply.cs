using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Aws;

/// <summary>An answer held in memory, to be changed before it is sent.</summary>
public sealed record AwsReply(int Status, byte[] Body, string? ContentType)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>True below 300.</summary>
    public bool IsSuccess => Status < 300;

    /// <summary>A JSON answer.</summary>
    public static AwsReply Json(JsonNode body, int status = 200) =>
        new(status, Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json");

    /// <summary>An XML answer.</summary>
    public static AwsReply Xml(string body, int status = 200) => new(status, Encoding.UTF8.GetBytes(body), "text/xml");

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    internal async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.ContentType = ContentType;
        http.Response.ContentLength = Body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(Body, http.RequestAborted);
        }
    }
}
