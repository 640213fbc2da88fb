using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Mayfly.Aws.Protocols;

namespace Mayfly.Aws;

/// <summary>Who an EKS token says it is from, once its form was found right.</summary>
/// <param name="AccessKey">The access key that signed it.</param>
/// <param name="Url">The presigned URL without the header.</param>
/// <param name="Region">The region it was signed for.</param>
/// <param name="IssuedAt">When.</param>
public sealed record EksTokenClaims(string AccessKey, Uri Url, string Region, DateTimeOffset IssuedAt);

/// <summary>Checks EKS tokens as the authenticator of a cluster does, up to the call to STS that verifies the signature.</summary>
public static class EksTokenReader
{
    // What EKS allows from the URL's date, whatever X-Amz-Expires says.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Reads a token; false with the reason when it is not one, expired, or for another host.</summary>
    /// <param name="token">The bearer token.</param>
    /// <param name="isTrustedHost">Whether the URL's authority is an STS endpoint; anything else would be a request forged through the cluster.</param>
    /// <param name="now">The time.</param>
    /// <param name="claims">What it says.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryRead(
        string token, Func<string, bool> isTrustedHost, DateTimeOffset now, out EksTokenClaims? claims, out string? reason)
    {
        claims = null;
        reason = Check(token, isTrustedHost, now, out claims);
        return reason is null;
    }

    /// <summary>
    /// What STS answers for a cluster: whether the signature is that of these credentials and covers this cluster's name. A token made
    /// for another cluster fails here.
    /// </summary>
    public static bool IsSignedFor(EksTokenClaims claims, string clusterName, ImmutableCredentials credentials) =>
        AwsSignature.IsPresignedBy(claims.Url, new Dictionary<string, string> { [EksToken.ClusterHeader] = clusterName }, credentials);

    private static string? Check(string token, Func<string, bool> isTrustedHost, DateTimeOffset now, out EksTokenClaims? claims)
    {
        claims = null;
        if (!token.StartsWith(EksToken.Prefix, StringComparison.Ordinal))
        {
            return "it does not begin with k8s-aws-v1.";
        }

        if (Decode(token[EksToken.Prefix.Length..]) is not { } url)
        {
            return "it does not hold a URL";
        }

        if (!isTrustedHost(url.Authority))
        {
            return $"{url.Authority} is not the STS endpoint";
        }

        if (url.AbsolutePath != "/")
        {
            return "its path is not that of STS";
        }

        var query = QueryOf(url);
        if (query is null)
        {
            return "a parameter comes twice";
        }

        if (query.GetValueOrDefault("action") != "GetCallerIdentity")
        {
            return "it asks for something else than GetCallerIdentity";
        }

        var signed = query.GetValueOrDefault("x-amz-signedheaders")?.Split(';') ?? [];
        if (!signed.Contains(EksToken.ClusterHeader) || !signed.Contains("host"))
        {
            return "the cluster's name is not signed";
        }

        if (query.GetValueOrDefault("x-amz-credential")?.Split('/') is not [var key, _, var region, "sts", "aws4_request"])
        {
            return "its credential is malformed";
        }

        if (!DateTimeOffset.TryParseExact(query.GetValueOrDefault("x-amz-date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var date))
        {
            return "it has no date";
        }

        if (now > date + Lifetime || date > now + Skew)
        {
            return "it is expired";
        }

        claims = new EksTokenClaims(key, url, region, date);
        return null;
    }

    private static Uri? Decode(string text)
    {
        try
        {
            // Some tools pad.
            var url = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text.AsSpan().TrimEnd('=')));
            return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Dictionary<string, string>? QueryOf(Uri url)
    {
        Dictionary<string, string> query = new(StringComparer.OrdinalIgnoreCase);
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            if (!query.TryAdd(Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            {
                return null;
            }
        }

        return query;
    }
}
