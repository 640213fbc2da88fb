using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mayfly.TerraformProviders.Resources;
using Mayfly.TerraformProviders.Values;

namespace Mayfly.TerraformProviders.Helm;

/// <summary>
/// The values of a release as arguments for helm. Documents go in files, and so do single values wherever that means the
/// same: the arguments of a process can be read by everyone on the machine. What is sensitive always goes in a file.
/// </summary>
internal static partial class HelmValues
{
    /// <summary>What stands for a sensitive value.</summary>
    public const string Hidden = "(sensitive value)";

    /// <summary>The arguments; writes the files that they name.</summary>
    /// <param name="release">What is planned.</param>
    /// <param name="config">What is configured: the only place of values that are never saved.</param>
    /// <param name="workspace">Where files go.</param>
    public static IReadOnlyList<string> Arguments(TfObject release, TfObject config, HelmWorkspace workspace)
    {
        var arguments = new List<string>();
        foreach (var (i, document) in release.Strings("values").Index())
        {
            arguments.AddRange(["--values", workspace.Write($"values-{i}.yaml", document)]);
        }

        var typed = new JsonObject();
        foreach (var (i, secret) in release.Blocks("set_sensitive").Concat(config.Blocks("set_wo")).Index())
        {
            if (!TryAdd(arguments, typed, secret, workspace, $"sensitive-{i}"))
            {
                throw new ProviderException(
                    $"the sensitive value \"{secret.String("name")}\" cannot be set without showing it in the arguments of a process",
                    "Numbers, booleans and lists cannot be set inside a list. Give it type = \"string\", or set the whole list.",
                    "set_sensitive");
            }
        }

        foreach (var (i, set) in release.Blocks("set").Index())
        {
            // A comma, brace or backslash is helm's own syntax, which is left to helm.
            if (set["value"].AsString()?.AsSpan().IndexOfAny(",{}\\") >= 0 || !TryAdd(arguments, typed, set, workspace, $"set-{i}"))
            {
                var flag = set.String("type") switch { "string" => "--set-string", "literal" => "--set-literal", _ => "--set" };
                arguments.AddRange([flag, $"{set.Required("name")}={set.String("value")}"]);
            }
        }

        if (typed.Count > 0)
        {
            arguments.AddRange(["--values", workspace.Write("values-set.json", typed.ToJsonString())]);
        }

        foreach (var list in release.Blocks("set_list"))
        {
            arguments.AddRange(["--set", $"{list.Required("name")}={{{string.Join(',', list.Strings("value"))}}}"]);
        }

        return arguments;
    }

    /// <summary>The values that a release was given, without the sensitive ones, as JSON.</summary>
    public static string Cloaked(JsonObject values, TfObject release)
    {
        var copy = values.DeepClone().AsObject();
        foreach (var secret in release.Blocks("set_sensitive"))
        {
            Cloak(copy, Keys(secret.Required("name")));
        }

        return copy.ToJsonString();
    }

    private static bool TryAdd(List<string> arguments, JsonObject typed, TfObject set, HelmWorkspace workspace, string file)
    {
        var (name, value) = (set.Required("name"), set.String("value") ?? "");
        var type = set.String("type");
        if (type is "string" or "literal" || !IsTyped(value))
        {
            arguments.AddRange(["--set-file", $"{name}={workspace.Write(file, value)}"]);
            return true;
        }

        if (name.Contains('[', StringComparison.Ordinal))
        {
            return false;
        }

        var keys = Keys(name);
        var target = typed;
        foreach (var key in keys[..^1])
        {
            target = (target[key] ??= new JsonObject()).AsObject();
        }

        target[keys[^1]] = Typed(value);
        return true;
    }

    // What helm's --set would make anything but text of.
    private static bool IsTyped(string value) =>
        value is "true" or "false" or "null" || (value.StartsWith('{') && value.EndsWith('}')) || WholeNumber().IsMatch(value);

    private static JsonNode? Typed(string value) => value switch
    {
        "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when value.StartsWith('{') && value.EndsWith('}') => new JsonArray([.. value[1..^1].Split(',').Select(Typed)]),
        _ when WholeNumber().IsMatch(value) && long.TryParse(value, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };

    private static void Cloak(JsonObject values, string[] keys)
    {
        JsonNode? target = values;
        foreach (var key in keys[..^1])
        {
            target = (target as JsonObject)?[key];
        }

        if (target is JsonObject parent && parent.ContainsKey(keys[^1]))
        {
            parent[keys[^1]] = Hidden;
        }
    }

    // A dot separates keys unless a backslash stands before it. A list's elements are hidden with the list.
    private static string[] Keys(string path)
    {
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        var keys = UnescapedDot().Split(bracket < 0 ? path : path[..bracket]);
        return [.. keys.Select(key => key.Replace("\\.", ".", StringComparison.Ordinal))];
    }

    [GeneratedRegex(@"(?<!\\)\.")]
    private static partial Regex UnescapedDot();

    [GeneratedRegex(@"^(0|-?[1-9]\d*)$")]
    private static partial Regex WholeNumber();
}
