using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What one server serves at the moment: the built-in types and those of established custom resource definitions.</summary>
internal sealed class ResourceCatalog
{
    private readonly Lock _gate = new();
    private volatile Snapshot _snapshot = new(BuiltInTypes.All, 0);

    /// <summary>All types; a new list, with a new number, whenever they change.</summary>
    public Snapshot Current => _snapshot;

    public ResourceType? Find(string group, string version, string plural) => _snapshot.Find(group, version, plural);

    /// <summary>The type of an object's apiVersion and kind.</summary>
    public ResourceType? FindKind(string apiVersion, string kind) =>
        _snapshot.Types.FirstOrDefault(type => type.Kind == kind && type.ApiVersion == apiVersion
            && !type.Verbs.SequenceEqual(["create"]));

    /// <summary>Puts a definition's versions in place of those it had; an empty list takes it away.</summary>
    public void Replace(string definition, IReadOnlyList<ResourceType> types)
    {
        lock (_gate)
        {
            var rest = _snapshot.Types.Where(type => type.Definition is null
                || type.Definition.Text("metadata", "name") != definition);
            _snapshot = new Snapshot([.. rest, .. types], _snapshot.Number + 1);
        }
    }

    public sealed class Snapshot
    {
        private readonly Dictionary<(string, string, string), ResourceType> _byPath;

        public Snapshot(IReadOnlyList<ResourceType> types, int number)
        {
            Types = types;
            Number = number;
            _byPath = types.ToDictionary(type => (type.Group, type.Version, type.Plural));
        }

        public IReadOnlyList<ResourceType> Types { get; }

        public int Number { get; }

        public ResourceType? Find(string group, string version, string plural) =>
            _byPath.GetValueOrDefault((group, version, plural));

        /// <summary>Groups with their versions, the preferred one first.</summary>
        public IEnumerable<(string Group, IReadOnlyList<string> Versions)> Groups =>
            Types.GroupBy(type => type.Group).Select(group =>
                (group.Key, (IReadOnlyList<string>)[.. group.Select(type =>
                    type.Version).Distinct().Order(VersionOrder.Instance)]));
    }
}

/// <summary>Kubernetes' order of version names: v2, v1, v1beta1, v1alpha1, others by name.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        var (a, b) = (Rank(left!), Rank(right!));
        return a.Stage != b.Stage ? a.Stage - b.Stage : a.Major != b.Major ? b.Major - a.Major : a.Minor != b.Minor
            ? b.Minor - a.Minor
            : string.CompareOrdinal(left, right);
    }

    private static (int Stage, int Major, int Minor) Rank(string version)
    {
        var match = System.Text.RegularExpressions.Regex.Match(version, @"^v(\d{1,6})(?:(alpha|beta)(\d{1,6}))?$");
        if (!match.Success)
        {
            return (3, 0, 0);
        }

        var minor = match.Groups[3].Success ? int.Parse(match.Groups[3].Value) : 0;
        return (match.Groups[2].Value switch { "" => 0, "beta" => 1, _ => 2 }, int.Parse(match.Groups[1].Value), minor);
    }
}
