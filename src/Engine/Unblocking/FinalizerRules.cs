using YamlDotNet.RepresentationModel;

namespace Mayfly.Engine.Unblocking;

/// <summary>What is known of a finalizer.</summary>
/// <param name="Finalizer">Its name; a star at the end stands for the rest.</param>
/// <param name="Resources">Who bears it, <c>plural.group</c>.</param>
/// <param name="Controller">Who takes it off; <c>builtin</c>: Kubernetes or the cloud itself.</param>
/// <param name="Guards">What has to be gone before it may be taken off.</param>
/// <param name="Lost">What is lost without its controller.</param>
public sealed record FinalizerRule(string Finalizer, IReadOnlyList<string> Resources, string Controller, string Guards, string Lost)
{
    /// <summary>Kubernetes or the cloud's control plane, which are always there.</summary>
    public bool IsBuiltIn => Controller == "builtin";

    /// <summary>True when nothing outside of the cluster hangs on it.</summary>
    public bool GuardsNothing => Guards == "nothing";

    /// <summary>True when it guards a load balancer, which can be looked for and removed by its tags.</summary>
    public bool GuardsLoadBalancer => Guards == "load_balancer";

    /// <summary>The API groups of its bearers.</summary>
    public IEnumerable<string> Groups => Resources.Select(resource => resource[(resource.IndexOf('.', StringComparison.Ordinal) + 1)..]);

    /// <summary>Whether it is about a finalizer.</summary>
    public bool IsAbout(string finalizer) => Finalizer.EndsWith('*')
        ? finalizer.StartsWith(Finalizer[..^1], StringComparison.Ordinal)
        : finalizer == Finalizer;
}

/// <summary>The rules of <c>finalizers.yaml</c>.</summary>
public static class FinalizerRules
{
    private static readonly Lazy<IReadOnlyList<FinalizerRule>> Rows = new(Read);

    /// <summary>All rules, in their order.</summary>
    public static IReadOnlyList<FinalizerRule> BuiltIn => Rows.Value;

    /// <summary>The first rule about a finalizer; null: nobody knows who takes it off.</summary>
    public static FinalizerRule? Find(string finalizer) => BuiltIn.FirstOrDefault(rule => rule.IsAbout(finalizer));

    private static IReadOnlyList<FinalizerRule> Read()
    {
        using var stream = typeof(FinalizerRules).Assembly.GetManifestResourceStream("Mayfly.Engine.Unblocking.finalizers.yaml")!;
        using var text = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(text);
        var rows = (YamlSequenceNode)((YamlMappingNode)yaml.Documents[0].RootNode)["finalizers"];
        return [.. rows.Cast<YamlMappingNode>().Select(row => new FinalizerRule(
            Scalar(row["finalizer"]), [.. ((YamlSequenceNode)row["kinds"]).Select(Scalar)], Scalar(row["controller"]), Scalar(row["guards"]), Scalar(row["lost"])))];
    }

    private static string Scalar(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
