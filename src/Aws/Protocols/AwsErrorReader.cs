using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Mayfly.Aws.Protocols;

/// <summary>Reads code, message and request id from an error in any of AWS's protocols.</summary>
internal static class AwsErrorReader
{
    public static AwsException Read(AwsRequest request, HttpResponseMessage answer, byte[] body, int attempt)
    {
        var (code, message, id) = body.AsSpan().TrimStart(" \r\n\t"u8) switch
        {
            [(byte)'{', ..] => FromJson(body),
            [(byte)'<', ..] => FromXml(body),
            _ => default,
        };

        // A service that moved from the query protocol to JSON tells the old code in this header, and callers know that one.
        code = Header(answer, "x-amzn-query-error")?.Split(';')[0] ?? code ?? Header(answer, "x-amzn-errortype");
        code = code is { Length: > 0 } ? AwsErrorCodes.Normalize(code)
            : IsPage(answer, body) ? AwsErrorCodes.BadAnswer
            : AwsErrorCodes.ForStatus(answer.StatusCode);
        return new AwsException(code, message is { Length: > 0 } ? message : Fallback(answer.StatusCode, body))
        {
            Status = answer.StatusCode,
            RequestId = id ?? Header(answer, "x-amzn-requestid") ?? Header(answer, "x-amz-request-id"),
            Service = request.Service.Id,
            Operation = request.Operation,
            Attempts = attempt,
        };
    }

    private static (string? Code, string? Message, string? Id) FromJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return (Text(root, "__type") ?? Text(root, "code") ?? Text(root, "Code"), Text(root, "message") ?? Text(root, "Message"), null);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static (string? Code, string? Message, string? Id) FromXml(byte[] body)
    {
        try
        {
            var root = AwsXml.Parse(body);
            var error = root.Name.LocalName == "Error" ? root : root.Descendants("Error").FirstOrDefault();
            var id = root.DescendantsAndSelf().FirstOrDefault(e => e.Name.LocalName is "RequestId" or "RequestID")?.Value;
            return (error?.Element("Code")?.Value, error?.Element("Message")?.Value, id);
        }
        catch (XmlException)
        {
            return default;
        }
    }

    // A page for people in place of an error: so does moto answer for an operation that it lacks, each time anew.
    private static bool IsPage(HttpResponseMessage answer, byte[] body) => answer.StatusCode == HttpStatusCode.InternalServerError
        && Encoding.ASCII.GetString(body.AsSpan(0, Math.Min(body.Length, 20))).StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string Fallback(HttpStatusCode status, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))).Trim();
        return text.Length == 0 ? $"HTTP {(int)status}" : $"HTTP {(int)status}: {text}";
    }
}
