using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>Reads the schemas of built-in types off the client library's classes, and adds what the classes do not say (<see cref="SchemaFacts"/>).</summary>
internal static partial class BuiltInSchemas
{
    private static readonly ConcurrentDictionary<Type, Schema> Known = new();
    private static readonly HashSet<string> MetaTypes =
    [
        "ObjectMeta", "ListMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement",
            "Condition",
        "DeleteOptions", "Preconditions", "Status", "StatusDetails", "StatusCause", "FieldsV1",
    ];

    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        [""] = "io.k8s.api.core",
        ["apps"] = "io.k8s.api.apps",
        ["batch"] = "io.k8s.api.batch",
        ["policy"] = "io.k8s.api.policy",
        ["autoscaling"] = "io.k8s.api.autoscaling",
        ["rbac.authorization.k8s.io"] = "io.k8s.api.rbac",
        ["apiextensions.k8s.io"] = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
        ["apiregistration.k8s.io"] = "io.k8s.kube-aggregator.pkg.apis.apiregistration",
    };

    // The library does not say to which group a part of an object belongs: what the core group uses is the core group's.
    private const string Unplaced = "io.k8s.api.";
    private static readonly Lazy<HashSet<string>> CoreParts = new(() => Reach(""));

    /// <summary>A component's full name in the document of a group version.</summary>
    public static string FullName(Schema schema, string group, string version)
    {
        if (schema.Component!.LastIndexOf('.') >= Unplaced.Length)
        {
            return schema.Component;
        }

        return CoreParts.Value.Contains(schema.Component)
            ? $"{Packages[""]}.v1.{schema.TypeName}"
            : $"{PackageOf(group)}.{version}.{schema.TypeName}";
    }

    public static Schema Of(Type type) => Known.GetOrAdd(type, Build);

    /// <summary>The name that Go gives the type: without the version that the client library puts before it.</summary>
    public static string GoName(Type type) => VersionPrefix().Replace(type.Name, "");

    private static Schema Build(Type type)
    {
        var name = GoName(type);
        return new Schema
        {
            Kind = SchemaKind.Object,
            Component = ComponentName(type, name),
            TypeName = name,
            Atomic = SchemaFacts.AtomicTypes.Contains(name),
            LazyRequired = () => Required(type, name),
            LazyProperties = () => Members(type, name),
        };
    }

    private static HashSet<string> Required(Type type, string name)
    {
        var required = new HashSet<string>(SchemaFacts.Required.TryGetValue(name, out var known) ? known.Split(' ')
            : [], StringComparer.Ordinal);
        foreach (var property in type.GetProperties())
        {
            // The library leaves nullable what may be missing; only numbers and flags can say so by their type.
            if (property.PropertyType is { IsValueType: true } value && Nullable.GetUnderlyingType(value) is null
                && JsonName(property) is { } member)
            {
                required.Add(member);
            }
        }

        return required;
    }

    private static IReadOnlyDictionary<string, Schema> Members(Type type, string name)
    {
        var members = new Dictionary<string, Schema>(StringComparer.Ordinal);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (JsonName(property) is { } member)
            {
                members[member] = Field(property.PropertyType, $"{name}.{member}");
            }
        }

        return members;
    }

    private static string? JsonName(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;

    private static Schema Field(Type type, string path)
    {
        var fact = SchemaFacts.Fields.GetValueOrDefault(path);
        if (Element(type, typeof(IList<>)) is { } item && type != typeof(byte[]))
        {
            return new Schema
            {
                Kind = SchemaKind.List,
                Element = Value(item),
                Atomic = fact is null || fact.Atomic,
                IsSet = fact?.IsSet ?? false,
                MapKeys = fact?.MapKeys ?? [],
                PatchStrategy = fact?.PatchStrategy,
                PatchMergeKey = fact?.PatchMergeKey,
            };
        }

        var schema = Value(type);
        return fact is null ? schema : schema.With(fact.Atomic, fact.PatchStrategy);
    }

    private static Schema Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return new Schema { Kind = SchemaKind.String };
        }

        if (type == typeof(byte[]))
        {
            return new Schema { Kind = SchemaKind.String, Format = "byte" };
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return new Schema { Kind = SchemaKind.Integer, Format = type == typeof(int) ? "int32" : "int64" };
        }

        if (type == typeof(double))
        {
            return new Schema { Kind = SchemaKind.Number, Format = "double" };
        }

        if (type == typeof(bool))
        {
            return new Schema { Kind = SchemaKind.Boolean };
        }

        if (type == typeof(DateTime))
        {
            return new Schema { Kind = SchemaKind.String, Format = "date-time" };
        }

        if (type == typeof(IntOrString))
        {
            return new Schema { Kind = SchemaKind.IntOrString, Format = "int-or-string" };
        }

        if (type == typeof(ResourceQuantity))
        {
            return new Schema { Kind = SchemaKind.Quantity };
        }

        if (Element(type, typeof(IDictionary<,>)) is { } value)
        {
            return new Schema { Kind = SchemaKind.Map, Element = Value(value) };
        }

        if (Element(type, typeof(IList<>)) is { } item)
        {
            return new Schema { Kind = SchemaKind.List, Element = Value(item), Atomic = true };
        }

        return type.Namespace == typeof(V1Pod).Namespace && type.IsClass ? Of(type) : Schema.Anything;
    }

    private static Type? Element(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[^1] : null;

    private static string ComponentName(Type type, string name)
    {
        if (MetaTypes.Contains(name))
        {
            return "io.k8s.apimachinery.pkg.apis.meta.v1." + name;
        }

        if (type.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity)
        {
            return $"{PackageOf(entity.Group)}.{entity.ApiVersion}.{name}";
        }

        return Unplaced + type.Name;
    }

    private static string PackageOf(string group) => Packages.GetValueOrDefault(group)
        ?? "io.k8s.api." + group.Split('.')[0];

    private static HashSet<string> Reach(string group)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Schema>(BuiltInTypes.All.Where(type => type.Group == group).Select(type => type.Schema));
        while (open.TryPop(out var schema))
        {
            if (schema.Component is { } name && !reached.Add(name))
            {
                continue;
            }

            foreach (var member in schema.Properties.Values.Append(schema.Element).OfType<Schema>())
            {
                open.Push(member);
            }
        }

        return reached;
    }

    [GeneratedRegex(@"^(V\d+((alpha|beta)\d+)?|(Core|Events|Discovery|Storage|Authentication|Admissionregistration|Rbac|Resource|Apiextensions|Apiregistration|Networking|Flowcontrol)v\d+)(?=[A-Z])")]
    private static partial Regex VersionPrefix();
}
