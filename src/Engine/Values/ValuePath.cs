using System.Text;

namespace Mayfly.Engine.Values;

/// <summary>
/// A path into values: keys parted by dots, a key with dots in double quotes, <c>*</c> for every key of a map or item of a list:
/// <c>app.ingress."a.b".hosts</c>, <c>ingresses.*.tls</c>.
/// </summary>
public sealed class ValuePath
{
    /// <summary>The segment that stands for every key or item.</summary>
    public const string Any = "*";

    private ValuePath(string text, IReadOnlyList<Segment> segments)
    {
        Text = text;
        Segments = segments;
    }

    /// <summary>A key, or any.</summary>
    public readonly record struct Segment(string Key, bool IsAny);

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    /// <summary>The keys from the top.</summary>
    public IReadOnlyList<Segment> Segments { get; }

    /// <summary>Reads a path; null with a problem in words when it is none.</summary>
    public static ValuePath? TryParse(string text, out string? problem)
    {
        var segments = new List<Segment>();
        var i = 0;
        while (true)
        {
            if (i < text.Length && text[i] == '"')
            {
                var end = text.IndexOf('"', i + 1);
                if (end < 0)
                {
                    problem = $"a quote is opened and not closed in '{text}'";
                    return null;
                }

                segments.Add(new Segment(text[(i + 1)..end], false));
                i = end + 1;
            }
            else
            {
                var end = text.IndexOf('.', i);
                var key = text[i..(end < 0 ? text.Length : end)];
                if (key.Length == 0)
                {
                    problem = $"'{text}' has an empty key";
                    return null;
                }

                segments.Add(new Segment(key, key == Any));
                i += key.Length;
            }

            if (i == text.Length)
            {
                problem = null;
                return new ValuePath(text, segments);
            }

            if (text[i] != '.')
            {
                problem = $"character {i + 1} of '{text}' must be a dot";
                return null;
            }

            i++;
        }
    }

    /// <summary>A path with one more key, quoted where it must be.</summary>
    public static string Join(string path, string key)
    {
        var written = key.Length == 0 || key == Any || key.AsSpan().IndexOfAny(".\"[ ") >= 0 ? $"\"{key}\"" : key;
        return path.Length == 0 ? written : new StringBuilder(path).Append('.').Append(written).ToString();
    }
}
