using System.Text;
using System.Text.RegularExpressions;

namespace Mayfly.LocalCloud.Operators.ExternalSecrets;

/// <summary>
/// The part of Go's templates that secrets use: <c>{{ .key }}</c>, <c>{{ index . "key" }}</c>, piped through a few functions. Anything else is
/// refused by name, so that a template never renders to something it would not be in a real cluster.
/// </summary>
internal static partial class SimpleTemplate
{
    /// <summary>Renders a template.</summary>
    /// <exception cref="StoreException">It uses what is not played here, or a key that is not there.</exception>
    public static string Render(string key, string template, IReadOnlyDictionary<string, byte[]> data) =>
        Action().Replace(template, action => Evaluate(key, action.Groups[1].Value.Trim(), data));

    private static string Evaluate(string key, string expression, IReadOnlyDictionary<string, byte[]> data)
    {
        var steps = expression.Split('|', StringSplitOptions.TrimEntries);
        var source = Source().Match(steps[0]);
        if (!source.Success)
        {
            throw Refuse(key, $"the expression \"{{{{ {expression} }}}}\" is not played by the local cloud");
        }

        var name = source.Groups["name"].Value;
        if (!data.TryGetValue(name, out var bytes))
        {
            throw Refuse(key, $"map has no entry for key \"{name}\"");
        }

        return steps.Skip(1).Aggregate(Encoding.UTF8.GetString(bytes), (value, function) => Apply(key, function, value));
    }

    private static string Apply(string key, string function, string value) => function switch
    {
        "toString" => value,
        "b64enc" => Convert.ToBase64String(Encoding.UTF8.GetBytes(value)),
        "b64dec" => Decode(key, value),
        "quote" => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        "trim" => value.Trim(),
        "upper" => value.ToUpperInvariant(),
        "lower" => value.ToLowerInvariant(),
        _ => throw Refuse(key, $"function \"{function}\" not defined"),
    };

    private static string Decode(string key, string value)
    {
        var buffer = new byte[value.Length];
        return Convert.TryFromBase64String(value, buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : throw Refuse(key, "illegal base64 data");
    }

    private static StoreException Refuse(string key, string why) =>
        new($"could not apply template: could not execute template: unable to execute template at key {key}: {why}");

    [GeneratedRegex(@"\{\{-?\s*(.*?)\s*-?\}\}", RegexOptions.Singleline)]
    private static partial Regex Action();

    [GeneratedRegex(@"^(?:\.(?<name>[A-Za-z_]\w*)|index\s+\.\s+""(?<name>[^""]+)"")$")]
    private static partial Regex Source();
}
