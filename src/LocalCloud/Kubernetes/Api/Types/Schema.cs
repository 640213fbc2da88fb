using System.Text.Json.Nodes;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>What a node of an object may hold.</summary>
internal enum SchemaKind
{
    /// <summary>Anything at all.</summary>
    Any,

    /// <summary>An object with named members.</summary>
    Object,

    /// <summary>An object whose member names are free.</summary>
    Map,

    /// <summary>A list.</summary>
    List,

    /// <summary>A text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A port by number or name, a percentage.</summary>
    IntOrString,

    /// <summary>An amount such as <c>500m</c>.</summary>
    Quantity,
}

/// <summary>
/// The shape of a node: one model for built-in types (read off the client library's classes) and for custom resources (read off
/// their OpenAPI), so that merging, pruning, field ownership and documentation are written once.
/// </summary>
internal sealed class Schema
{
    private static readonly IReadOnlyDictionary<string, Schema> NoProperties = new Dictionary<string, Schema>();
    private static readonly IReadOnlySet<string> NothingRequired = new HashSet<string>();
    private Lazy<IReadOnlyDictionary<string, Schema>> _properties = new(NoProperties);
    private Lazy<IReadOnlySet<string>> _required = new(NothingRequired);

    public static readonly Schema Anything = new() { Kind = SchemaKind.Any, PreserveUnknown = true };

    public SchemaKind Kind { get; init; }

    /// <summary>The name under which a document of OpenAPI lists it; null for what is written in place.</summary>
    public string? Component { get; init; }

    /// <summary>The Go type's name, for the decoder's error texts.</summary>
    public string? TypeName { get; init; }

    public string? Format { get; init; }

    public string? Description { get; init; }

    /// <summary>The values of a map, the items of a list.</summary>
    public Schema? Element { get; init; }

    /// <summary>A struct, map or list that has one owner as a whole.</summary>
    public bool Atomic { get; init; }

    /// <summary>A list of scalars without order or repetition.</summary>
    public bool IsSet { get; init; }

    /// <summary>The members that tell a list's items apart.</summary>
    public IReadOnlyList<string> MapKeys { get; init; } = [];

    /// <summary>The strategic merge patch's way with it: merge, replace, retainKeys.</summary>
    public string? PatchStrategy { get; init; }

    /// <summary>The one member by which a strategic merge patch finds a list's item.</summary>
    public string? PatchMergeKey { get; init; }

    public IReadOnlySet<string> Required
    {
        get => _required.Value;
        init => _required = new Lazy<IReadOnlySet<string>>(value);
    }

    /// <summary>What has to be there, found out when first asked for.</summary>
    public Func<IReadOnlySet<string>> LazyRequired
    {
        init => _required = new Lazy<IReadOnlySet<string>>(value);
    }

    public JsonNode? DefaultValue { get; init; }

    public bool Nullable { get; init; }

    /// <summary>Members that the schema does not name are kept.</summary>
    public bool PreserveUnknown { get; init; }

    /// <summary>Holds a whole object: apiVersion, kind and metadata belong to it.</summary>
    public bool EmbeddedResource { get; init; }

    /// <summary>A custom resource's schema as it was written, for value checks.</summary>
    public JsonObject? Source { get; init; }

    public IReadOnlyDictionary<string, Schema> Properties
    {
        get => _properties.Value;
        init => _properties = new Lazy<IReadOnlyDictionary<string, Schema>>(value);
    }

    /// <summary>Members that are resolved when first asked for; types refer to themselves.</summary>
    public Func<IReadOnlyDictionary<string, Schema>> LazyProperties
    {
        init => _properties = new Lazy<IReadOnlyDictionary<string, Schema>>(value);
    }

    /// <summary>The same shape with what a certain field adds to it.</summary>
    public Schema With(bool atomic, string? patchStrategy) => new()
    {
        Kind = Kind,
        Component = Component,
        TypeName = TypeName,
        Format = Format,
        Description = Description,
        Element = Element,
        Atomic = Atomic || atomic,
        IsSet = IsSet,
        MapKeys = MapKeys,
        PatchStrategy = patchStrategy ?? PatchStrategy,
        PatchMergeKey = PatchMergeKey,
        _required = _required,
        DefaultValue = DefaultValue,
        Nullable = Nullable,
        PreserveUnknown = PreserveUnknown,
        EmbeddedResource = EmbeddedResource,
        Source = Source,
        _properties = _properties,
    };

    /// <summary>The shape of a member; null when the schema does not know it.</summary>
    public Schema? Member(string name) =>
        Properties.TryGetValue(name, out var schema) ? schema
        : Kind == SchemaKind.Map ? Element
        : PreserveUnknown || Kind == SchemaKind.Any ? Anything
        : null;
}
