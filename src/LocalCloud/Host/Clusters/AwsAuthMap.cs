using YamlDotNet.RepresentationModel;

namespace Mayfly.LocalCloud.Host.Clusters;

/// <summary>The config map <c>aws-auth</c>: YAML in its keys <c>mapRoles</c> and <c>mapUsers</c>.</summary>
internal static class AwsAuthMap
{
    /// <summary>The user and groups of a principal; null: the map does not know it, or cannot be read.</summary>
    public static (string Username, IReadOnlyList<string> Groups)? Find(IDictionary<string, string>? data, string arn)
    {
        foreach (var (key, field) in ((string, string)[])[("mapRoles", "rolearn"), ("mapUsers", "userarn")])
        {
            if (data?.TryGetValue(key, out var text) != true)
            {
                continue;
            }

            foreach (var entry in Entries(text!))
            {
                if (Text(entry, field) == arn)
                {
                    var groups = entry.Children.TryGetValue("groups", out var list) && list is YamlSequenceNode sequence
                        ? sequence.OfType<YamlScalarNode>().Select(group => group.Value ?? "")
                        : [];
                    return (Text(entry, "username") ?? arn, [.. groups]);
                }
            }
        }

        return null;
    }

    private static List<YamlMappingNode> Entries(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents is [{ RootNode: YamlSequenceNode entries }] ? [.. entries.OfType<YamlMappingNode>()] : [];
        }
        catch (YamlDotNet.Core.YamlException)
        {
            // A map that cannot be read lets nobody in, as in EKS.
            return [];
        }
    }

    private static string? Text(YamlMappingNode entry, string name) =>
        entry.Children.TryGetValue(name, out var value) && value is YamlScalarNode scalar ? scalar.Value : null;
}
