using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Mayfly.Engine.Environments;
using Mayfly.Engine.Values;

namespace Mayfly.Engine.Configuration;

/// <summary>
/// Makes records of a YAML tree, by the names and types of their properties. Everything wrong is collected with its place;
/// what is wrong keeps its default, so that one read finds all problems.
/// </summary>
internal sealed class ConfigurationBinder(List<ValueProblem> problems)
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>Where each setting was written, by its path: <c>helm.values[0]</c>.</summary>
    public Dictionary<string, ValueOrigin> Places { get; } = [];

    /// <summary>The keys that a record takes, with their properties.</summary>
    public static IEnumerable<(string Key, PropertyInfo Property)> Keys(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null && !property.IsDefined(typeof(NotAKeyAttribute)))
            .Select(property => (SnakeCase.Of(property.Name), property));

    /// <summary>Whether the file must set a property.</summary>
    public static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    /// <summary>Whether a property takes null.</summary>
    public static bool TakesNull(PropertyInfo property)
    {
        lock (Nullability)
        {
            return Nullability.Create(property).WriteState == NullabilityState.Nullable;
        }
    }

    /// <summary>Fills a record from a map.</summary>
    public object Record(Type type, ValueNode node, string path)
    {
        var record = Activator.CreateInstance(type)!;

        // A required text that is missing or wrong is empty to the checks that follow.
        foreach (var (_, text) in Keys(type).Where(pair => IsRequired(pair.Property) && pair.Property.PropertyType == typeof(string)))
        {
            text.SetValue(record, "");
        }

        if (node is not ValueMap map)
        {
            Complain(node, $"{Named(path)} must be a map of settings, not {Kind(node)}");
            return record;
        }

        var keys = Keys(type).ToDictionary(pair => pair.Key, pair => pair.Property, StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            var below = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            Places[below] = entry.KeyOrigin;
            if (!keys.TryGetValue(entry.Key, out var property))
            {
                var nearest = Nearest.To(entry.Key, keys.Keys);
                problems.Add(new ValueProblem(entry.KeyOrigin, $"'{below}' is no setting"
                    + (nearest is null ? $"; known here are {string.Join(", ", keys.Keys)}" : $"; did you mean '{nearest}'?")));
            }
            else if (Value(property, entry.Value, below) is { } value)
            {
                property.SetValue(record, value is Null ? null : value);
            }
        }

        foreach (var key in keys.Where(pair => IsRequired(pair.Value) && map.Find(pair.Key) is null).Select(pair => pair.Key))
        {
            Complain(node, $"{(path.Length == 0 ? "" : path + ": ")}'{key}' is missing");
        }

        return record;
    }

    // Stands for a null that was written and is allowed; null itself means that there was a problem.
    private sealed record Null
    {
        public static readonly Null Written = new();
    }

    private object? Value(PropertyInfo property, ValueNode node, string path)
    {
        if (node is ValueScalar { IsNull: true })
        {
            if (TakesNull(property))
            {
                return Null.Written;
            }

            Complain(node, $"'{path}' has no value; give it one or leave the key out");
            return null;
        }

        return Value(property, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, node, path);
    }

    private object? Value(PropertyInfo property, Type type, ValueNode node, string path)
    {
        if (type == typeof(IReadOnlyDictionary<string, object?>))
        {
            ConfigurationRules.CheckTree(property, node, path, problems);
            return node is ValueMap ? CoreYaml.ToObject(node) : Refuse(node, path, "a map");
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return node is ValueList list ? Items(property, type.GetGenericArguments()[0], list, path) : Refuse(node, path, "a list");
        }

        if (type.IsClass && type != typeof(string))
        {
            return Record(type, node, path);
        }

        if (node is not ValueScalar scalar)
        {
            return Refuse(node, path, Wanted(type));
        }

        var value = Scalar(type, scalar, path);
        if (value is not null)
        {
            ConfigurationRules.Check(property, value, scalar, path, problems);
        }

        return value;
    }

    private IList Items(PropertyInfo property, Type type, ValueList list, string path)
    {
        var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(type))!;
        for (var i = 0; i < list.Items.Count; i++)
        {
            var below = $"{path}[{i}]";
            Places[below] = list.Items[i].Origin;
            if (Value(property, type, list.Items[i], below) is { } item)
            {
                items.Add(item);
            }
        }

        return items;
    }

    private object? Scalar(Type type, ValueScalar scalar, string path)
    {
        var value = CoreYaml.Resolve(scalar);
        if (type == typeof(string))
        {
            return value as string ?? Refuse(scalar, path,
                value is null ? "a text" : $"a text; put it in quotes: '{scalar.Text}'", value is null ? null : Kind(scalar));
        }

        if (type == typeof(bool))
        {
            return value as bool? ?? Refuse(scalar, path, Wanted(type));
        }

        if (type == typeof(int))
        {
            return value is long and >= int.MinValue and <= int.MaxValue ? (int)(long)value : Refuse(scalar, path, Wanted(type));
        }

        return value is string text && Durations.TryParse(text, out var duration) ? duration : Refuse(scalar, path, Wanted(type));
    }

    private static string Wanted(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : type == typeof(TimeSpan) ? "a duration like 90s, 10m or 2h"
        : "a text";

    private object? Refuse(ValueNode node, string path, string wanted, string? got = null)
    {
        Complain(node, $"'{path}' must be {wanted}, not {got ?? Kind(node)}");
        return null;
    }

    private void Complain(ValueNode node, string message) => problems.Add(new ValueProblem(node.Origin, message));

    private static string Named(string path) => path.Length == 0 ? "the file" : $"'{path}'";

    private static string Kind(ValueNode node) => node switch
    {
        ValueMap => "a map",
        ValueList => "a list",
        ValueScalar scalar => CoreYaml.Resolve(scalar) switch
        {
            null => "nothing",
            bool => $"{scalar.Text}",
            string text => text.Length == 0 ? "an empty text" : $"'{(text.Length > 40 ? text[..40] + "…" : text)}'",
            var number => string.Create(CultureInfo.InvariantCulture, $"the number {number}"),
        },
        _ => "this",
    };
}
