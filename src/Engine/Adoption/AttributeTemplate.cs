using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Adoption;

/// <summary>Fills the braces of identity rules from planned attributes, the run's names, and the answer of a probe.</summary>
/// <param name="planned">The planned attributes.</param>
/// <param name="names"><c>env</c>, <c>account</c>, <c>region</c>, <c>partition</c>.</param>
public sealed partial class AttributeTemplate(JsonElement planned, IReadOnlyDictionary<string, string> names)
{
    /// <summary>The filled template; null when an attribute in it is not known before the apply.</summary>
    /// <param name="template">Text with braces.</param>
    /// <param name="answer">What <c>{=Field}</c> is read from.</param>
    public string? Fill(string template, Reply? answer = null)
    {
        var unknown = false;
        var filled = Braces().Replace(template, match =>
        {
            var name = match.Groups["name"].Value;
            var value = name[0] switch
            {
                '@' => names.GetValueOrDefault(name[1..]),
                '=' => answer?.Select(name[1..]).FirstOrDefault()?.Text,
                _ => Attribute(planned, name),
            };
            value ??= match.Groups["default"].Success ? match.Groups["default"].Value : null;
            unknown |= value is null;
            return Shape(value ?? "", match.Groups["shape"].Value);
        });
        return unknown ? null : filled;
    }

    /// <summary>A planned attribute by its path, <c>metadata.0.name</c>; null when it is absent, null or not known yet.</summary>
    public static string? Attribute(JsonElement planned, string path)
    {
        var element = planned;
        foreach (var step in path.Split('.'))
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
    }

    private static string Shape(string value, string shape) => shape switch
    {
        "dot" => value.EndsWith('.') ? value : value + ".",
        "host" => value.StartsWith("https://", StringComparison.Ordinal) ? value[8..] : value,
        "last" => value[(value.LastIndexOf('/') + 1)..],
        _ => value,
    };

    [GeneratedRegex(@"\{(?<name>[@=]?[A-Za-z0-9_.-]+)(?:!(?<shape>[a-z]+))?(?<bar>\|(?<default>[^}]*))?\}")]
    private static partial Regex Braces();
}
