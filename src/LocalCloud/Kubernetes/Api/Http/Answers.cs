using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Writes what a request gets.</summary>
internal static class Answers
{
    public static Task WriteAsync(HttpContext http, JsonNode body, int status = 200) =>
        WriteAsync(http, Json.Bytes(body), status);

    public static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body, int status = 200,
        string contentType = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length + 1;
        http.Response.Headers.CacheControl = "no-cache, private";
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
    }

    public static async Task WriteAsync(HttpContext http, ApiException error)
    {
        if (error.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await WriteAsync(http, error.Status, error.Code);
    }

    /// <summary>A path that nothing serves; Go's multiplexer answers, in plain text.</summary>
    public static async Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = 404;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync("404 page not found\n", http.RequestAborted);
    }

    /// <summary>A warning that clients print: <c>Warning: unknown field "spec.foo"</c>.</summary>
    public static void Warn(HttpContext http, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            var quoted = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"",
                StringComparison.Ordinal).ReplaceLineEndings(" ");
            http.Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }
    }
}
