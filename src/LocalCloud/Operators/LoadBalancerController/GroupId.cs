namespace Mayfly.LocalCloud.Operators.LoadBalancerController;

/// <summary>Ingresses that share a load balancer: one alone, or all with the same group name.</summary>
/// <param name="Namespace">The lone Ingress's namespace; empty for a named group.</param>
/// <param name="Name">The Ingress's or the group's name.</param>
internal sealed record GroupId(string Namespace, string Name)
{
    private const string LoneFinalizer = "ingress.k8s.aws/resources";
    private const string GroupFinalizerPrefix = "group.ingress.k8s.aws/";

    /// <summary>Whether it is a named group.</summary>
    public bool IsExplicit => Namespace.Length == 0;

    /// <summary>Keeps an Ingress until what the group has in AWS for it is gone.</summary>
    public string Finalizer => IsExplicit ? GroupFinalizerPrefix + Name : LoneFinalizer;

    /// <summary>As tags and queues name it.</summary>
    public override string ToString() => IsExplicit ? Name : $"{Namespace}/{Name}";

    /// <summary>Reads it back.</summary>
    public static GroupId Parse(string text) => text.Split('/', 2) is [var @namespace, var name] ? new(@namespace, name) : new("", text);

    /// <summary>The groups that still hold an Ingress by a finalizer.</summary>
    public static IEnumerable<GroupId> Holding(k8s.Models.V1Ingress ingress)
    {
        foreach (var finalizer in ingress.Metadata.Finalizers ?? [])
        {
            if (finalizer == LoneFinalizer)
            {
                yield return new GroupId(ingress.Metadata.NamespaceProperty, ingress.Metadata.Name);
            }
            else if (finalizer.StartsWith(GroupFinalizerPrefix, StringComparison.Ordinal))
            {
                yield return new GroupId("", finalizer[GroupFinalizerPrefix.Length..]);
            }
        }
    }
}
