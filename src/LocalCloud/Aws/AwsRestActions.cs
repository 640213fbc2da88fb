namespace Mayfly.LocalCloud.Aws;

/// <summary>Names of operations that only method and path tell.</summary>
internal static class AwsRestActions
{
    // Query parameters that make a request to S3 another operation, with the operation's noun for buckets.
    private static readonly (string Parameter, string Noun)[] S3Parts =
    [
        ("acl", "Acl"), ("versioning", "Versioning"), ("policy", "Policy"), ("policyStatus", "PolicyStatus"), ("tagging", "Tagging"),
        ("encryption", "Encryption"), ("publicAccessBlock", "PublicAccessBlock"), ("lifecycle", "LifecycleConfiguration"),
        ("cors", "Cors"), ("website", "Website"), ("logging", "Logging"), ("replication", "Replication"),
        ("notification", "NotificationConfiguration"), ("object-lock", "ObjectLockConfiguration"),
        ("ownershipControls", "OwnershipControls"), ("location", "Location"), ("requestPayment", "RequestPayment"),
        ("accelerate", "AccelerateConfiguration"),
    ];

    public static string Name(string service, string method, string path, IReadOnlyDictionary<string, string> query) => service switch
    {
        "s3" => S3(method, path, query),
        "route53" => Route53(method, path.Split('/', StringSplitOptions.RemoveEmptyEntries)) ?? $"{method} {path}",
        "eks" => Eks.EksRoutes.Find(method, path)?.Action ?? $"{method} {path}",
        _ => $"{method} {path}",
    };

    private static string S3(string method, string path, IReadOnlyDictionary<string, string> query)
    {
        var key = path.TrimStart('/');
        var bucket = key.Split('/')[0];
        var isObject = key.Length > bucket.Length + 1;
        var verb = method switch { "GET" => "Get", "PUT" => "Put", "DELETE" => "Delete", "HEAD" => "Head", _ => "Post" };
        if (query.ContainsKey("uploads"))
        {
            return method == "GET" ? "ListMultipartUploads" : "CreateMultipartUpload";
        }

        if (query.ContainsKey("uploadId"))
        {
            return method switch { "GET" => "ListParts", "PUT" => "UploadPart", "DELETE" => "AbortMultipartUpload", _ => "CompleteMultipartUpload" };
        }

        if (query.ContainsKey("delete"))
        {
            return "DeleteObjects";
        }

        if (S3Parts.FirstOrDefault(part => query.ContainsKey(part.Parameter)) is { Noun: { } noun })
        {
            return noun == "PublicAccessBlock" ? verb + noun : $"{verb}{(isObject ? "Object" : "Bucket")}{noun}";
        }

        return (bucket.Length, isObject, method) switch
        {
            (0, _, _) => "ListBuckets",
            (_, true, _) => verb + "Object",
            (_, false, "GET") => query.ContainsKey("versions") ? "ListObjectVersions" : "ListObjects",
            (_, false, "PUT") => "CreateBucket",
            _ => verb + "Bucket",
        };
    }

    private static string? Route53(string method, string[] path) => (method, path.Skip(1).ToArray()) switch
    {
        ("GET", ["hostedzone"]) => "ListHostedZones",
        ("POST", ["hostedzone"]) => "CreateHostedZone",
        ("GET", ["hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["hostedzonecount"]) => "GetHostedZoneCount",
        ("GET", ["hostedzone", _]) => "GetHostedZone",
        ("POST", ["hostedzone", _]) => "UpdateHostedZoneComment",
        ("DELETE", ["hostedzone", _]) => "DeleteHostedZone",
        ("GET", ["hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        ("POST", ["hostedzone", _, "rrset"]) => "ChangeResourceRecordSets",
        ("GET", ["change", _]) => "GetChange",
        ("GET", ["tags", ..]) => "ListTagsForResource",
        ("POST", ["tags", _, _]) => "ChangeTagsForResource",
        ("POST", ["tags", _]) => "ListTagsForResources",
        _ => null,
    };
}
