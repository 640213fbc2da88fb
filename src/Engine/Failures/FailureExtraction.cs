using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>Addresses, names and ids that a failure's text gives: what a repair has to know.</summary>
public static partial class FailureExtraction
{
    /// <summary>Reads what the text gives, by the names that remedies use: <c>address</c>, <c>lock_id</c>, <c>namespace</c> and the like.</summary>
    public static IReadOnlyDictionary<string, string> Read(FailureText text)
    {
        var found = new Dictionary<string, string>();
        if (text.Addresses.Count > 0)
        {
            found["address"] = text.Addresses[0];
        }

        var spent = Stopwatch.StartNew();
        foreach (var pattern in Patterns().TakeWhile(_ => spent.Elapsed < Patience))
        {
            try
            {
                var match = pattern.Match(text.Errors);
                foreach (var name in match.Success ? pattern.GetGroupNames().Where(name => !char.IsDigit(name[0])) : [])
                {
                    if (match.Groups[name].Value is { Length: > 0 } value)
                    {
                        found.TryAdd(name, value.TrimEnd(',', ';'));
                    }
                }
            }
            catch (RegexMatchTimeoutException)
            {
                // Output is hostile input; what cannot be read in time is not extracted.
            }
        }

        return found;
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static IEnumerable<Regex> Patterns() =>
        [Lock(), LockPath(), LockOperation(), Webhook(), WebhookService(), Object(), InvolvedObject(), Release(), EksPart(), Image(), Vpc(), Subnet(), SecurityGroup(), Certificate(), Host(), Bucket(), NotAuthorized()];

    [GeneratedRegex("\\bID:\\s+(?<lock_id>[0-9a-f]{4,}[0-9a-f-]*)", RegexOptions.IgnoreCase, 250)]
    private static partial Regex Lock();

    [GeneratedRegex("\\b(?:Path|Key):\\s+(?<path>\\S+)", RegexOptions.None, 250)]
    private static partial Regex LockPath();

    [GeneratedRegex("\\bOperation:\\s+(?<operation>\\S+)", RegexOptions.None, 250)]
    private static partial Regex LockOperation();

    [GeneratedRegex("webhook \\\\?\"(?<webhook>[^\"\\\\]+)", RegexOptions.None, 250)]
    private static partial Regex Webhook();

    [GeneratedRegex("https://(?<service>[a-z0-9-]+)\\.(?<namespace>[a-z0-9-]+)\\.svc", RegexOptions.None, 250)]
    private static partial Regex WebhookService();

    [GeneratedRegex("\\b(?<kind>[A-Za-z][A-Za-z.]+) \\\\?\"(?<name>[^\"\\\\]+)\\\\?\" (?:already exists|not found|is invalid|in namespace \\\\?\"(?<namespace>[^\"\\\\]*))", RegexOptions.None, 250)]
    private static partial Regex Object();

    [GeneratedRegex("involvedObject\\.kind=(?<kind>\\w+); involvedObject\\.name=(?<name>[^;]+);(?: involvedObject\\.namespace=(?<namespace>[^;]+))?", RegexOptions.None, 250)]
    private static partial Regex InvolvedObject();

    [GeneratedRegex("\"(?<release>[a-z0-9.-]+)\" has no deployed releases|\\brelease (?<release>[a-z0-9.-]+)(?: in namespace (?<namespace>[a-z0-9-]+))?[:,]", RegexOptions.None, 250)]
    private static partial Regex Release();

    [GeneratedRegex("EKS (?:Cluster \\((?<cluster>[\\w-]+)\\)|Node Group \\((?<cluster>[\\w-]+):(?<nodegroup>[\\w-]+)\\)|Add-On \\((?<cluster>[\\w-]+):(?<addon>[\\w-]+)\\))|Cluster already exists with name: (?<cluster>[\\w-]+)|\\bclusterName=(?<cluster>[\\w-]+)", RegexOptions.None, 250)]
    private static partial Regex EksPart();

    [GeneratedRegex("(?:pull image|resolve reference) \\\\?\"(?<image>[^\"\\\\]+)", RegexOptions.None, 250)]
    private static partial Regex Image();

    [GeneratedRegex("\\b(?<vpc>vpc-[0-9a-f]{8,17})\\b", RegexOptions.None, 250)]
    private static partial Regex Vpc();

    [GeneratedRegex("\\b(?<subnet>subnet-[0-9a-f]{8,17})\\b", RegexOptions.None, 250)]
    private static partial Regex Subnet();

    [GeneratedRegex("\\b(?<security_group>sg-[0-9a-f]{8,17})\\b", RegexOptions.None, 250)]
    private static partial Regex SecurityGroup();

    [GeneratedRegex("(?<certificate>arn:aws[a-z-]*:acm:[^\\s'\"),\\]]+)", RegexOptions.None, 250)]
    private static partial Regex Certificate();

    [GeneratedRegex("(?:resolve host: |lookup |for host: )(?<host>[A-Za-z0-9.*-]+)", RegexOptions.None, 250)]
    private static partial Regex Host();

    [GeneratedRegex("(?:Bucket: |[Bb]ucket '|s3://|\\bbucket )(?<bucket>[a-z0-9.-]{3,63})", RegexOptions.None, 250)]
    private static partial Regex Bucket();

    [GeneratedRegex("not authorized to perform: (?<action>[a-z0-9-]+:\\w+)", RegexOptions.None, 250)]
    private static partial Regex NotAuthorized();
}
