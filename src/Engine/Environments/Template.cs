using System.Text;
using Mayfly.Engine.Configuration;

namespace Mayfly.Engine.Environments;

/// <summary>A text with variables in braces, <c>{env_id}-app</c>. A brace of its own is written twice: <c>{{</c>, <c>}}</c>.</summary>
public sealed class Template
{
    private readonly IReadOnlyList<Part> _parts;

    private Template(string text, IReadOnlyList<Part> parts)
    {
        Text = text;
        _parts = parts;
    }

    private readonly record struct Part(bool IsVariable, string Text);

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>The names that occur, in order of appearance.</summary>
    public IEnumerable<string> Names => _parts.Where(part => part.IsVariable).Select(part => part.Text);

    /// <summary>Reads a template; null with a problem in words when its braces do not pair.</summary>
    public static Template? TryParse(string text, out string? problem)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        problem = null;
        for (var i = 0; i < text.Length; i++)
        {
            var current = text[i];
            if (current is '{' or '}' && i + 1 < text.Length && text[i + 1] == current)
            {
                literal.Append(current);
                i++;
            }
            else if (current == '}')
            {
                problem = $"'}}' at character {i + 1} of '{text}' closes nothing; a brace of its own is written '}}}}'";
                return null;
            }
            else if (current == '{')
            {
                var end = text.IndexOf('}', i);
                var name = end < 0 ? "" : text[(i + 1)..end];
                if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
                {
                    problem = $"'{{' at character {i + 1} of '{text}' starts no variable; a brace of its own is written '{{{{'";
                    return null;
                }

                parts.Add(new Part(false, literal.ToString()));
                parts.Add(new Part(true, name));
                literal.Clear();
                i = end;
            }
            else
            {
                literal.Append(current);
            }
        }

        parts.Add(new Part(false, literal.ToString()));
        return new Template(text, [.. parts.Where(part => part.Text.Length > 0)]);
    }

    /// <summary>Puts the values in; the first unknown name is refused with the nearest known one.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        var template = TryParse(text, out var problem) ?? throw new InvalidInputException(problem!);
        return template.Expand(variables);
    }

    /// <summary>Puts the values in; an unknown name is refused with the nearest known one.</summary>
    public string Expand(IReadOnlyDictionary<string, string> variables)
    {
        var result = new StringBuilder();
        foreach (var part in _parts)
        {
            result.Append(!part.IsVariable ? part.Text
                : variables.TryGetValue(part.Text, out var value) ? value
                : throw new InvalidInputException(UnknownName(part.Text, variables.Keys)));
        }

        return result.ToString();
    }

    /// <summary>The problem of a name that is not among the known ones, in words.</summary>
    public string UnknownName(string name, IEnumerable<string> known)
    {
        var nearest = Nearest.To(name, known);
        return $"'{{{name}}}' in '{Text}' is no variable"
            + (nearest is null ? $"; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}" : $"; did you mean '{{{nearest}}}'?");
    }
}
