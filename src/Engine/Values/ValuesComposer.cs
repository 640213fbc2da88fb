using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Values;

/// <summary>The values that helm gets, each knowing the file that won.</summary>
/// <param name="Tree">The merged tree. A null in it deletes the chart's default.</param>
/// <param name="Yaml">The tree as YAML that helm reads back identically.</param>
public sealed record ComposedValues(ValueMap Tree, string Yaml);

/// <summary>
/// Composes the values of a release: the files in their order, later wins by Helm's own rules; then the hosts they set go; then
/// the runtime overrides are laid on. A host of the files that is still there afterwards is a problem of the configuration.
/// </summary>
public static class ValuesComposer
{
    /// <summary>What the overrides are called as an origin.</summary>
    public const string OverridesOrigin = "runtime overrides";

    // A few anchors can unfold into billions of nodes; no values file that people write comes near this.
    private const int NodeLimit = 1_000_000;

    /// <summary>The composed values of an environment.</summary>
    /// <param name="configuration">Names the files, the host paths and the overrides.</param>
    /// <param name="variables">Values of the templates.</param>
    /// <param name="helmMajor">The helm that will read them: 3 takes the first document of a file, 4 merges all.</param>
    /// <exception cref="InvalidInputException">A file cannot be read as values, or a host of the files is left behind.</exception>
    public static ComposedValues Compose(MayflyConfiguration configuration, IReadOnlyDictionary<string, string> variables, int helmMajor)
    {
        var files = ReadFiles(configuration, helmMajor);
        var defaults = ChartDefaults.Read(Path.Combine(configuration.Directory, configuration.Helm.Chart), configuration.Helm.Chart);
        var by = new ValueOrigin(OverridesOrigin);
        var overrides = (ValueMap)ValueTree.From(TemplateTree.Expand(configuration.Helm.Overrides, variables), by);

        var hostPaths = configuration.Helm.HostPaths.Select(text => ValuePath.TryParse(text, out _)).OfType<ValuePath>().ToList();
        var tree = files.Aggregate(new ValueMap([], by), ValueTree.Merge);
        tree = hostPaths.Aggregate(tree, (values, path) => Hosts.Remove(values, defaults, path, by));
        tree = ValueTree.Merge(tree, overrides);

        var left = LeftBehind(tree, [defaults, .. files], hostPaths, variables.GetValueOrDefault("public_host", "")).ToList();
        return left.Count == 0 ? new ComposedValues(tree, ValueWriter.Write(tree)) : throw new InvalidInputException(left);
    }

    private static List<ValueMap> ReadFiles(MayflyConfiguration configuration, int helmMajor)
    {
        var problems = new List<string>();
        var files = new List<ValueMap>();
        foreach (var file in configuration.Helm.Values)
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(configuration.Directory, file));
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{file}: the values file cannot be read");
                continue;
            }

            var roots = ValueReader.ReadValues(text, file, helmMajor, out var found);
            problems.AddRange(found.Select(problem => problem.ToString()));
            if (roots.Any(root => root is not null && ValueTree.UnfoldedSize(root) > NodeLimit))
            {
                problems.Add($"{file}: its anchors unfold into more than a million values");
                continue;
            }

            files.AddRange(roots.OfType<ValueMap>());
            problems.AddRange(roots
                .Where(root => root is not (null or ValueMap or ValueScalar { IsNull: true }))
                .Select(root => $"{root!.Origin}: values are a map, this is not"));
        }

        return problems.Count == 0 ? files : throw new InvalidInputException(problems);
    }

    // A host is the files' when it stands where hosts stand. It may then be mentioned nowhere, unless an override does so.
    private static IEnumerable<string> LeftBehind(
        ValueMap tree, IReadOnlyList<ValueMap> sources, IReadOnlyList<ValuePath> hostPaths, string publicHost)
    {
        var hosts = sources
            .SelectMany(source => hostPaths.SelectMany(path => Hosts.At(source, path)).Concat(Hosts.InIngresses(source)))
            .Where(host => !host.Text.Equals(publicHost, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(host => host.Text, StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (hosts.Count == 0)
        {
            yield break;
        }

        foreach (var (path, text, origin) in Texts(tree, ""))
        {
            if (origin.File != OverridesOrigin && hosts.Find(host => Hosts.Mentions(text, host.Text)) is { } host)
            {
                yield return $"{origin}: the host '{host.Text}' would be left at '{path}'; "
                    + "name the place in helm.host_paths, or set it in helm.overrides";
            }
        }
    }

    // Keys and scalars that Helm will see; a key set to null is one that goes.
    private static IEnumerable<(string Path, string Text, ValueOrigin Origin)> Texts(ValueNode node, string path) => node switch
    {
        ValueScalar scalar => [(path, scalar.Text, scalar.Origin)],
        ValueList list => list.Items.SelectMany((item, index) => Texts(item, $"{path}[{index}]")),
        ValueMap map => map.Entries
            .Where(entry => entry.Value is not ValueScalar { IsNull: true })
            .SelectMany(entry => Texts(entry.Value, ValuePath.Join(path, entry.Key)).Prepend((path, entry.Key, entry.KeyOrigin))),
        _ => [],
    };
}
