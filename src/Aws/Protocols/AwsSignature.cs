using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace Mayfly.Aws.Protocols;

/// <summary>Signature Version 4: this class says what is signed, the SDK's signer computes it.</summary>
public static class AwsSignature
{
    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Adds date, session token and authorization to a request that is otherwise complete.</summary>
    public static void Sign(
        HttpRequestMessage request, byte[]? body, string signingName, string region, ImmutableCredentials credentials, DateTimeOffset now)
    {
        var uri = request.RequestUri!;
        var bodyHash = Hash(body ?? []);
        request.Headers.TryAddWithoutValidation("x-amz-date", now.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", bodyHash);
        if (credentials.UseToken)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", credentials.Token);
        }

        var headers = HeadersOf(request);
        var signed = string.Join(';', headers.Keys);
        var canonical = Canonical(request.Method.Method, uri, QueryOf(uri), headers, signed, bodyHash, signingName);
        var result = AWS4Signer.ComputeSignature(credentials, region, now.UtcDateTime, signingName, signed, canonical);
        request.Headers.TryAddWithoutValidation("Authorization", result.ForAuthorizationHeader);
    }

    /// <summary>The URL of a GET that whoever has it may send until it expires.</summary>
    public static Uri Presign(
        Uri uri, IReadOnlyDictionary<string, string> signedHeaders, string signingName, string region,
        ImmutableCredentials credentials, DateTimeOffset now, TimeSpan lifetime)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = uri.Authority };
        foreach (var (name, value) in signedHeaders)
        {
            headers[name.ToLowerInvariant()] = value.Trim();
        }

        var signed = string.Join(';', headers.Keys);
        var date = now.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture);
        var query = QueryOf(uri);
        query.Add(new("X-Amz-Algorithm", "AWS4-HMAC-SHA256"));
        query.Add(new("X-Amz-Credential", $"{credentials.AccessKey}/{date[..8]}/{region}/{signingName}/aws4_request"));
        query.Add(new("X-Amz-Date", date));
        query.Add(new("X-Amz-Expires", ((int)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        if (credentials.UseToken)
        {
            query.Add(new("X-Amz-Security-Token", credentials.Token));
        }

        query.Add(new("X-Amz-SignedHeaders", signed));
        var canonical = Canonical("GET", uri, query, headers, signed, Hash([]), signingName);
        var signature = AWS4Signer.ComputeSignature(credentials, region, now.UtcDateTime, signingName, signed, canonical).Signature;
        return new Uri($"{uri.GetLeftPart(UriPartial.Path)}?{QueryString(query)}&X-Amz-Signature={signature}");
    }

    /// <summary>Whether a presigned URL, sent as GET with these headers, carries the signature of this secret key.</summary>
    public static bool IsPresignedBy(Uri url, IReadOnlyDictionary<string, string> headers, ImmutableCredentials credentials)
    {
        var query = QueryOf(url);
        var given = query.FirstOrDefault(pair => pair.Key == "X-Amz-Signature").Value ?? "";
        query.RemoveAll(pair => pair.Key == "X-Amz-Signature");
        string Parameter(string name) => query.FirstOrDefault(pair => pair.Key == name).Value ?? "";

        if (Parameter("X-Amz-Credential").Split('/') is not [_, _, var region, var service, _]
            || !DateTimeOffset.TryParseExact(Parameter("X-Amz-Date"), DateFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var date))
        {
            return false;
        }

        var signed = Parameter("X-Amz-SignedHeaders");
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in signed.Split(';'))
        {
            values[name] = name == "host" ? url.Authority : headers.GetValueOrDefault(name, "");
        }

        var canonical = Canonical("GET", url, query, values, signed, Hash([]), service);
        var expected = AWS4Signer.ComputeSignature(credentials, region, date.UtcDateTime, service, signed, canonical).Signature;
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(given));
    }

    internal static string QueryString(IEnumerable<KeyValuePair<string, string>> query) =>
        string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static string Canonical(
        string method, Uri uri, IEnumerable<KeyValuePair<string, string>> query,
        SortedDictionary<string, string> headers, string signed, string bodyHash, string signingName)
    {
        // Every service but S3 escapes the path, as it is sent, once more.
        var path = signingName == "s3"
            ? uri.AbsolutePath
            : string.Join('/', uri.AbsolutePath.Split('/').Select(Uri.EscapeDataString));
        var sorted = query
            .Select(pair => (Name: Uri.EscapeDataString(pair.Key), Value: Uri.EscapeDataString(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}");
        var text = new StringBuilder()
            .Append(method).Append('\n').Append(path).Append('\n').AppendJoin('&', sorted).Append('\n');
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        return text.Append('\n').Append(signed).Append('\n').Append(bodyHash).ToString();
    }

    private static SortedDictionary<string, string> HeadersOf(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.RequestUri!.Authority };
        var all = request.Content is { } content ? request.Headers.Concat(content.Headers) : request.Headers;
        foreach (var (name, values) in all)
        {
            // Proxies on the way may change these, and a signature over them would break.
            if (!name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                headers[name.ToLowerInvariant()] = string.Join(',', values).Trim();
            }
        }

        return headers;
    }

    private static List<KeyValuePair<string, string>> QueryOf(Uri uri)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (var part in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            pairs.Add(equals < 0
                ? new(Uri.UnescapeDataString(part), "")
                : new(Uri.UnescapeDataString(part[..equals]), Uri.UnescapeDataString(part[(equals + 1)..])));
        }

        return pairs;
    }

    private static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
