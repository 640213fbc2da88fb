using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>The names that the controller gives to what it makes in AWS: parts of the Kubernetes names and a hash.</summary>
internal static partial class Names
{
    /// <summary>A load balancer, of at most 32 characters.</summary>
    public static string LoadBalancer(string cluster, GroupId group, string scheme) => Of(group, cluster, group.ToString(), scheme);

    /// <summary>The load balancer's own security group.</summary>
    public static string SecurityGroup(string cluster, GroupId group) => Of(group, cluster, group.ToString());

    /// <summary>The security group that all load balancers of a cluster share towards the pods.</summary>
    public static string BackendSecurityGroup(string cluster) =>
        $"k8s-traffic-{Cut(Plain(cluster), 64)}-{Hash(cluster)[..10]}";

    /// <summary>A target group.</summary>
    public static string TargetGroup(
        string cluster, GroupId group, string @namespace, string ingress, string service, string serviceUid, string port, int targetPort) =>
        $"k8s-{Cut(Plain(@namespace), 8)}-{Cut(Plain(service), 8)}-"
        + Hash(cluster, group.ToString(), @namespace, ingress, serviceUid, port, $"{targetPort}", "ip", "HTTP", "HTTP1")[..10];

    private static string Of(GroupId group, params string[] parts) => group.IsExplicit
        ? $"k8s-{Cut(Plain(group.Name), 17)}-{Hash(parts)[..10]}"
        : $"k8s-{Cut(Plain(group.Namespace), 8)}-{Cut(Plain(group.Name), 8)}-{Hash(parts)[..10]}";

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private static string Plain(string text) => NotAlphanumeric().Replace(text, "");

    private static string Hash(params string[] parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts))));

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotAlphanumeric();
}
