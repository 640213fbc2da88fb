namespace Mayfly.LocalCloud.Operators.ExternalDns;

/// <summary>The hosted zones of AWS's own in which load balancers are named, by region: an alias has to name the zone.</summary>
internal static class BalancerZones
{
    private const string Domain = ".elb.amazonaws.com";

    private static readonly Dictionary<string, string> Application = new()
    {
        ["us-east-1"] = "Z35SXDOTRQ7X7K",
        ["us-east-2"] = "Z3AADJGX6KTTL2",
        ["us-west-1"] = "Z368ELLRRE2KJ0",
        ["us-west-2"] = "Z1H1FL5HABSF5",
        ["ca-central-1"] = "ZQSVJUPU6J1EY",
        ["eu-central-1"] = "Z215JYRZR1TBD5",
        ["eu-west-1"] = "Z32O12XQLNTSW2",
        ["eu-west-2"] = "ZHURV8PSTC4K8",
        ["eu-west-3"] = "Z3Q77PNBQS71R4",
        ["eu-north-1"] = "Z23TAZ6LKFMNIO",
        ["ap-northeast-1"] = "Z14GRHDCWA56QT",
        ["ap-northeast-2"] = "ZWKZPGTI48KDX",
        ["ap-south-1"] = "ZP97RAFLXTNZK",
        ["ap-southeast-1"] = "Z1LMS91P8CMLE5",
        ["ap-southeast-2"] = "Z1GM3OXH4ZPM65",
        ["sa-east-1"] = "Z2P70J7HTTTPLU",
    };

    /// <summary>The zone of a load balancer's name; null: it is none, and is led to by CNAME.</summary>
    public static string? Find(string hostname)
    {
        var host = hostname.TrimEnd('.');
        if (!host.EndsWith(Domain, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var labels = host[..^Domain.Length].Split('.');
        return Application.GetValueOrDefault(labels[^1]);
    }
}
