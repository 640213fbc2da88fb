using System.Globalization;
using System.Reflection;
using System.Text;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Engine.Tests.Configuration;

/// <summary>The configuration's reference for people, generated from the same records as the schema.</summary>
internal static class ConfigurationReference
{
    public static string Text()
    {
        var comments = DocComments.Read();
        var text = new StringBuilder($"""
            # Configuration

            Everything that `mayfly.yaml` can say. This page and [mayfly.schema.json](mayfly.schema.json) are generated from the code:
            `MAYFLY_WRITE=1 ./test` rewrites both. Editors with a YAML language server check the file as it is written when its
            first line is `# yaml-language-server: $schema=docs/mayfly.schema.json`; `mayfly validate` checks everything.

            Durations are written `90s`, `10m`, `2h` or `1h30m`. Paths are relative to the file. Texts called templates may hold
            {string.Join(", ", TemplateVariables.Names.Select(name => $"`{{{name}}}`"))}.
            A brace of its own is written twice: `{"{{"}`.

            """);
        foreach (var record in ConfigurationSchema.Records())
        {
            var path = Path(record);
            text.Append(CultureInfo.InvariantCulture, $"\n## {(path.Length == 0 ? "The file" : $"`{path}`")}\n\n{comments[record.Name]}\n\n");
            text.Append("| setting | kind | default | |\n|---|---|---|---|\n");
            foreach (var (key, property) in ConfigurationBinder.Keys(record))
            {
                var summary = comments[$"{record.Name}.{property.Name}"].Replace("|", "\\|", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"| `{key}` | {Kind(property)} | {Default(record, property)} | {summary} |\n");
            }
        }

        return text.ToString();
    }

    private static string Path(Type record)
    {
        foreach (var parent in ConfigurationSchema.Records())
        {
            foreach (var (key, property) in ConfigurationBinder.Keys(parent))
            {
                if (ConfigurationSchema.Item(property.PropertyType) == record)
                {
                    var above = Path(parent);
                    return (above.Length == 0 ? "" : above + ".") + key + (ConfigurationSchema.IsList(property.PropertyType) ? "[]" : "");
                }
            }
        }

        return "";
    }

    private static string Kind(PropertyInfo property)
    {
        var type = property.PropertyType;
        var item = ConfigurationSchema.Item(type);
        var kind = ConfigurationSchema.IsTree(type) ? "map"
            : ConfigurationSchema.IsRecord(item) ? "settings"
            : item == typeof(bool) ? "true or false"
            : item == typeof(int) ? "number"
            : (Nullable.GetUnderlyingType(item) ?? item) == typeof(TimeSpan) ? "duration"
            : property.GetCustomAttribute<ChoicesAttribute>() is { } choices ? string.Join(" or ", choices.Words.Select(word => $"`{word}`"))
            : property.IsDefined(typeof(TemplateAttribute)) ? "template"
            : property.IsDefined(typeof(ExpressionAttribute)) ? "regular expression"
            : "text";
        return ConfigurationSchema.IsList(type) ? $"list of {kind}" : kind;
    }

    private static string Default(Type record, PropertyInfo property)
    {
        if (ConfigurationBinder.IsRequired(property))
        {
            return "required";
        }

        return property.GetValue(Activator.CreateInstance(record)) switch
        {
            string { Length: > 0 } text => $"`{text}`",
            bool truth => truth ? "`true`" : "`false`",
            int number => $"`{number}`",
            TimeSpan time => $"`{Durations.Format(time)}`",
            IReadOnlyList<int> { Count: > 0 } numbers => $"`[{string.Join(", ", numbers)}]`",
            _ => "",
        };
    }
}
