using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Mayfly.LocalCloud.Aws;

/// <summary>Recognizes service and operation of a request: by the signature's scope, the target, the form, the path.</summary>
internal static class AwsCallReader
{
    private static readonly HashSet<string> RestXml = ["route53", "cloudfront"];

    /// <summary>Reads a request. Bodies other than S3's are read whole and put back.</summary>
    public static async Task<AwsCall> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var (accessKey, region, service) = Scope(request);
        var target = request.Headers["X-Amz-Target"].ToString();
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        service ??= target.Length > 0 || isForm || request.Query.ContainsKey("Action") ? "" : "s3";

        var body = service == "s3" ? [] : await ReadBodyAsync(request, ct);
        var parameters = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        if (isForm)
        {
            foreach (var (name, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
            {
                parameters[name] = value.ToString();
            }
        }

        var path = request.Path.Value ?? "/";
        var action = target.Length > 0 ? target[(target.LastIndexOf('.') + 1)..] : parameters.GetValueOrDefault("Action");
        if (service.Length == 0)
        {
            // The calls that need no signature are those that get one their credentials.
            service = action?.StartsWith("AssumeRole", StringComparison.Ordinal) == true ? "sts" : "unknown";
        }

        var named = action ?? AwsRestActions.Name(service, request.Method, path, parameters);
        return new AwsCall
        {
            Service = service,
            Action = named,
            Protocol = ProtocolOf(service, target, action),
            Region = region ?? "us-east-1",
            AccessKey = accessKey ?? "",
            SignedAt = SignedAt(request.Headers["X-Amz-Date"].ToString()),
            IsWrite = named.Contains(' ') ? !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) : AwsReads.IsWrite(named),
            UserAgent = request.Headers.UserAgent.ToString(),
            Method = request.Method,
            Path = path,
            Parameters = parameters,
            Body = body,
        };
    }

    private static AwsProtocol ProtocolOf(string service, string target, string? action) => service switch
    {
        "s3" => AwsProtocol.S3,
        "ec2" => AwsProtocol.Ec2,
        _ when target.Length > 0 => AwsProtocol.Json,
        _ when action is not null => AwsProtocol.Query,
        _ when RestXml.Contains(service) => AwsProtocol.RestXml,
        _ => AwsProtocol.RestJson,
    };

    // Of the header alone: a presigned URL has a life of its own.
    private static DateTimeOffset? SignedAt(string date) =>
        DateTimeOffset.TryParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static (string? AccessKey, string? Region, string? Service) Scope(HttpRequest request)
    {
        var text = request.Query["X-Amz-Credential"].ToString();
        if (text.Length == 0)
        {
            var header = request.Headers.Authorization.ToString();
            var at = header.IndexOf("Credential=", StringComparison.Ordinal);
            text = at < 0 ? "" : header[(at + "Credential=".Length)..].Split(',')[0].Trim();
        }

        return text.Split('/') is [var key, _, var region, var service, _] ? (key, region, service.ToLowerInvariant()) : default;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding")))
        {
            return [];
        }

        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, ct);
        var body = copy.ToArray();
        request.Body = new MemoryStream(body, writable: false);
        return body;
    }
}
