using System.Xml.Linq;
using Mayfly.Aws.ElasticLoadBalancingV2.Model;
using Mayfly.Aws.Protocols;
using Action = Mayfly.Aws.ElasticLoadBalancingV2.Model.Action;

namespace Mayfly.Aws.ElasticLoadBalancingV2;

/// <summary>The structures of Elastic Load Balancing on the wire.</summary>
internal static class ElbXml
{
    public static string? Marker(XElement result) => result.Text("NextMarker") is { Length: > 0 } marker ? marker : null;

    public static void WriteTag(AwsParameters form, string prefix, Tag tag) =>
        form.Add($"{prefix}.Key", tag.Key).Add($"{prefix}.Value", tag.Value);

    public static void WriteAction(AwsParameters form, string prefix, Action action) => form
        .Add($"{prefix}.Type", action.Type)
        .Add($"{prefix}.TargetGroupArn", action.TargetGroupArn)
        .Add($"{prefix}.FixedResponseConfig.StatusCode", action.FixedResponseConfig?.StatusCode)
        .Add($"{prefix}.FixedResponseConfig.ContentType", action.FixedResponseConfig?.ContentType)
        .Add($"{prefix}.FixedResponseConfig.MessageBody", action.FixedResponseConfig?.MessageBody)
        .Add($"{prefix}.RedirectConfig.StatusCode", action.RedirectConfig?.StatusCode)
        .Add($"{prefix}.RedirectConfig.Protocol", action.RedirectConfig?.Protocol)
        .Add($"{prefix}.RedirectConfig.Port", action.RedirectConfig?.Port)
        .Add($"{prefix}.RedirectConfig.Host", action.RedirectConfig?.Host)
        .Add($"{prefix}.RedirectConfig.Path", action.RedirectConfig?.Path)
        .Add($"{prefix}.RedirectConfig.Query", action.RedirectConfig?.Query);

    public static void WriteCertificate(AwsParameters form, string prefix, string arn) => form.Add($"{prefix}.CertificateArn", arn);

    // The plain list of values takes only one; several need the structure that is named for the field.
    public static void WriteCondition(AwsParameters form, string prefix, RuleCondition condition) => form
        .Add($"{prefix}.Field", condition.Field)
        .AddList(condition.Field switch
        {
            "host-header" => $"{prefix}.HostHeaderConfig.Values.member",
            "path-pattern" => $"{prefix}.PathPatternConfig.Values.member",
            _ => $"{prefix}.Values.member",
        }, condition.Values);

    public static LoadBalancer ReadLoadBalancer(XElement item) => new()
    {
        LoadBalancerArn = item.Text("LoadBalancerArn")!,
        LoadBalancerName = item.Text("LoadBalancerName")!,
        DNSName = item.Text("DNSName"),
        CanonicalHostedZoneId = item.Text("CanonicalHostedZoneId"),
        Scheme = item.Text("Scheme"),
        VpcId = item.Text("VpcId"),
        Type = item.Text("Type"),
        State = item.Element("State").Text("Code"),
        SecurityGroups = item.Texts("SecurityGroups"),
        Subnets = [.. item.Items("AvailabilityZones").Select(zone => zone.Text("SubnetId") ?? "")],
        CreatedTime = item.Time("CreatedTime"),
    };

    public static TargetGroup ReadTargetGroup(XElement item) => new()
    {
        TargetGroupArn = item.Text("TargetGroupArn")!,
        TargetGroupName = item.Text("TargetGroupName")!,
        Protocol = item.Text("Protocol"),
        Port = item.Int("Port"),
        VpcId = item.Text("VpcId"),
        TargetType = item.Text("TargetType"),
        HealthCheckPath = item.Text("HealthCheckPath"),
        LoadBalancerArns = item.Texts("LoadBalancerArns"),
    };

    public static TargetHealthDescription ReadHealth(XElement item)
    {
        var health = item.Element("TargetHealth");
        var target = new TargetDescription(item.Element("Target").Text("Id") ?? "", item.Element("Target").Int("Port"));
        return new TargetHealthDescription(target, health.Text("State"), health.Text("Reason"), health.Text("Description"));
    }

    public static Listener ReadListener(XElement item) => new()
    {
        ListenerArn = item.Text("ListenerArn")!,
        LoadBalancerArn = item.Text("LoadBalancerArn"),
        Port = item.Int("Port"),
        Protocol = item.Text("Protocol"),
        CertificateArns = [.. item.Items("Certificates").Select(certificate => certificate.Text("CertificateArn") ?? "")],
        DefaultActions = [.. item.Items("DefaultActions").Select(ReadAction)],
    };

    public static Rule ReadRule(XElement item) => new()
    {
        RuleArn = item.Text("RuleArn")!,
        Priority = item.Text("Priority"),
        IsDefault = item.Bool("IsDefault") ?? false,
        Conditions = [.. item.Items("Conditions").Select(condition => new RuleCondition(condition.Text("Field") ?? "", ValuesOf(condition)))],
        Actions = [.. item.Items("Actions").Select(ReadAction)],
    };

    // Newer answers hold the values in a structure named for the field.
    private static List<string> ValuesOf(XElement condition) => condition.Texts("Values") is { Count: > 0 } values
        ? values
        : (condition.Element("HostHeaderConfig") ?? condition.Element("PathPatternConfig")).Texts("Values");

    private static Action ReadAction(XElement item) => new()
    {
        Type = item.Text("Type") ?? "",
        TargetGroupArn = item.Text("TargetGroupArn"),
        FixedResponseConfig = item.Element("FixedResponseConfig") is { } response
            ? new FixedResponseActionConfig(response.Text("StatusCode") ?? "", response.Text("ContentType"), response.Text("MessageBody"))
            : null,
        RedirectConfig = item.Element("RedirectConfig") is { } redirect
            ? new RedirectActionConfig(redirect.Text("StatusCode") ?? "", redirect.Text("Protocol"), redirect.Text("Port"))
            {
                Host = redirect.Text("Host"),
                Path = redirect.Text("Path"),
                Query = redirect.Text("Query"),
            }
            : null,
    };
}
