using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Mayfly.Engine.Events;

/// <summary>
/// Takes secret values out of texts: every value that was read in the run, also in base64 (at any offset within a longer text),
/// percent-encoded and JSON-escaped. Texts without any cost one vectorised search.
/// </summary>
public sealed class Redactor
{
    /// <summary>What stands in a value's place.</summary>
    public const string Mark = "[secret]";

    // Shorter values (true, 5432, eu) occur everywhere; taking them out would take the sense out and tell what they are.
    private const int ShortestSecret = 6;

    private readonly Lock _gate = new();
    private volatile Forms _forms = new([], null);
    private ImmutableHashSet<string> _spared = [];
    private ImmutableHashSet<string> _announced = [];

    /// <summary>Told each value, line by line and once, before anything else can use it: for a log that masks values itself.</summary>
    public Action<string>? Learned { get; init; }

    private sealed record Forms(ImmutableHashSet<string> Known, SearchValues<string>? Search)
    {
        // Longest first: a value that contains another goes as a whole.
        public IReadOnlyList<string> ByLength { get; } = [.. Known.OrderByDescending(form => form.Length)];
    }

    /// <summary>Learns that a text is no secret though a secret holds it: it stands openly in the configuration.</summary>
    public void Spare(string text)
    {
        lock (_gate)
        {
            _spared = _spared.Union(FormsOf(text));
            var known = _forms.Known.Except(_spared);
            _forms = new Forms(known, known.Count == 0 ? null : SearchValues.Create([.. known], StringComparison.Ordinal));
        }
    }

    /// <summary>Learns a value; of one with several lines or of a JSON object also its parts.</summary>
    public void Learn(string value)
    {
        var parts = Parts(value).Where(part => part.Length >= ShortestSecret).Distinct().ToList();
        var forms = parts.SelectMany(FormsOf).ToList();
        lock (_gate)
        {
            foreach (var line in parts.Where(part => Learned is not null && !part.Contains('\n') && !_spared.Contains(part) && !_announced.Contains(part)))
            {
                _announced = _announced.Add(line);
                Learned!(line);
            }

            var known = _forms.Known.Union(forms.Where(form => form.Length >= ShortestSecret)).Except(_spared);
            if (known.Count > _forms.Known.Count)
            {
                _forms = new Forms(known, SearchValues.Create([.. known], StringComparison.Ordinal));
            }
        }
    }

    /// <summary>The text without any known value.</summary>
    public string Redact(string text)
    {
        var forms = _forms;
        if (forms.Search is null || text.AsSpan().IndexOfAny(forms.Search) < 0)
        {
            return text;
        }

        return forms.ByLength.Aggregate(text, (rest, form) => rest.Replace(form, Mark, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Parts(string value)
    {
        var trimmed = value.Trim();
        IEnumerable<string> parts = [value, trimmed, .. trimmed.Split('\n').Select(line => line.Trim())];
        if (!trimmed.StartsWith('{') && !trimmed.StartsWith('['))
        {
            return parts;
        }

        try
        {
            using var json = JsonDocument.Parse(trimmed);
            return [.. parts.Take(2), .. Strings(json.RootElement)];
        }
        catch (JsonException)
        {
            return parts;
        }
    }

    private static List<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(property => Strings(property.Value))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(Strings)],
        JsonValueKind.String => [.. Parts(element.GetString()!)],
        _ => [],
    };

    private static IEnumerable<string> FormsOf(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return value;
        yield return JsonEncodedText.Encode(value).ToString();
        yield return value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        yield return Uri.EscapeDataString(value);
        yield return Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal);

        // Base64 of a longer text that holds the value: three bytes make four characters, so there are three ways to start.
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var first = offset == 0 ? 0 : offset + 1;
            var last = (offset + bytes.Length) / 3 * 4;
            if (last - first >= ShortestSecret)
            {
                var core = encoded[first..last];
                yield return core;
                yield return core.Replace('+', '-').Replace('/', '_');
            }
        }

        yield return Convert.ToBase64String(bytes);
    }
}
