using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mayfly.LocalCloud.Edge.Balancing;

/// <summary>The pages that an Application Load Balancer answers by itself.</summary>
internal static class BalancerPages
{
    /// <summary>How the load balancer names itself.</summary>
    public const string Server = "awselb/2.0";

    /// <summary>An error of the load balancer's own: 502, 503, 504.</summary>
    public static Task WriteErrorAsync(HttpContext http, int status)
    {
        var title = status switch
        {
            StatusCodes.Status502BadGateway => "502 Bad Gateway",
            StatusCodes.Status503ServiceUnavailable => "503 Service Temporarily Unavailable",
            StatusCodes.Status504GatewayTimeout => "504 Gateway Time-out",
            _ => $"{status}",
        };
        var page = $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n";
        return WriteAsync(http, status, "text/html", page);
    }

    /// <summary>Any answer of the load balancer's own.</summary>
    public static async Task WriteAsync(HttpContext http, int status, string? contentType, string? body)
    {
        var bytes = Encoding.UTF8.GetBytes(body ?? "");
        http.Response.StatusCode = status;
        http.Response.Headers.Server = Server;
        http.Response.ContentType = bytes.Length > 0 ? contentType ?? "text/plain" : null;
        http.Response.ContentLength = bytes.Length;
        if (bytes.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }
}
