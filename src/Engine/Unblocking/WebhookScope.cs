using System.Text.RegularExpressions;
using k8s.Models;

namespace Mayfly.Engine.Unblocking;

/// <summary>
/// What a run writes, as far as it decides whether a webhook stands in its way. Pure. Labels of objects that do not exist yet
/// are not known, so an object selector never takes a webhook out of question.
/// </summary>
/// <param name="Namespaces">The namespaces with their labels.</param>
/// <param name="Groups">API groups of the environment's own kinds, besides those that every deployment consists of.</param>
public sealed partial record WebhookScope(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Namespaces, IReadOnlySet<string> Groups)
{
    // What a Deployment, a chart and its controllers consist of.
    private static readonly HashSet<string> BuiltIn = new(StringComparer.Ordinal)
    {
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "apiextensions.k8s.io",
        "discovery.k8s.io", "storage.k8s.io", "scheduling.k8s.io",
    };

    private static readonly HashSet<string> ClusterWide = new(StringComparer.Ordinal)
    {
        "*", "*/*", "clusterroles", "clusterrolebindings", "customresourcedefinitions", "persistentvolumes", "storageclasses",
        "ingressclasses", "priorityclasses", "nodes",
    };

    // Nobody deploys there.
    private static readonly HashSet<string> Unused = new(StringComparer.Ordinal) { "kube-public", "kube-node-lease" };

    private static readonly HashSet<string> Writes = new(StringComparer.Ordinal) { "CREATE", "UPDATE", "DELETE" };

    /// <summary>Whether a webhook is asked about something that the run writes.</summary>
    public bool Concerns(WebhookEntry entry) => RequestsFor(entry).Any(new WebhookConditions(entry.Conditions).Admit);

    // What the run may ask for and the webhook's rules and selector name, as far as it is known before.
    private IEnumerable<WriteSketch> RequestsFor(WebhookEntry entry) =>
        from rule in entry.Rules
        from operation in Writes.Where(write => (rule.Operations ?? []).Any(named => named == "*" || named == write))
        from @group in BuiltIn.Concat(Groups).Distinct().Where(known => (rule.ApiGroups ?? []).Any(named => named == "*" || named == known))
        from resource in (rule.Resources ?? []).Where(named => named is "*/*" || !named.Contains('/', StringComparison.Ordinal))
        from @namespace in PlacesOf(rule, entry)
        select new WriteSketch(operation, @group, resource.StartsWith('*') ? null : resource, @namespace);

    private IEnumerable<string?> PlacesOf(V1RuleWithOperations rule, WebhookEntry entry) =>
        Namespaces.Where(one => !Unused.Contains(one.Key) && Matches(entry.Namespaces, one.Value)).Select(one => (string?)one.Key)
            .Concat(IsClusterWide(rule) ? [null] : []);

    /// <summary>Whether a label selector chooses labels; without a selector all are chosen.</summary>
    public static bool Matches(V1LabelSelector? selector, IReadOnlyDictionary<string, string> labels) =>
        (selector?.MatchLabels ?? new Dictionary<string, string>()).All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        && (selector?.MatchExpressions ?? []).All(expression => expression.OperatorProperty switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || !expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            "DoesNotExist" => !labels.ContainsKey(expression.Key),
            _ => true,
        });

    /// <summary>The API groups that files name: charts and Terraform roots.</summary>
    public static IReadOnlySet<string> GroupsIn(IEnumerable<string> directories)
    {
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in directories.Where(Directory.Exists).SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".tpl" or ".tf" or ".json"))
        {
            groups.UnionWith(ApiVersion().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));
        }

        return groups;
    }

    // A namespace selector says nothing about what lies in no namespace.
    private static bool IsClusterWide(V1RuleWithOperations rule) =>
        rule.Scope == "Cluster" || (rule.Scope != "Namespaced" && (rule.Resources ?? []).Any(ClusterWide.Contains));

    [GeneratedRegex("""apiVersion"?\s*[:=]\s*"?([a-z0-9.-]+)/v[0-9]""")]
    private static partial Regex ApiVersion();
}
