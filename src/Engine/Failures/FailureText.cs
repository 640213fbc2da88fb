using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>
/// What a tool printed, brought to one form: JSON lines decoded to <c>key=value</c>, boxed and wrapped diagnostics joined to one
/// line each, and what is no evidence of a failure (progress, warnings, debug lines, answers that were expected) set apart.
/// </summary>
/// <param name="Errors">The lines that can be evidence of a failure.</param>
/// <param name="Context">Everything that was printed, in the same form: what a rule may look at besides.</param>
/// <param name="Addresses">Terraform resource addresses of the errors, in order.</param>
public sealed partial record FailureText(string Errors, string Context, IReadOnlyList<string> Addresses)
{
    // What a failure means stands in a few lines, the first and the last ones of the errors. The bounds keep the cost of
    // reading an output, which may be of any size, independent of it.
    private const int InputEnds = 512 * 1024;
    private const int ErrorEnds = 24 * 1024;
    private const int ContextEnds = 64 * 1024;
    private const int LineWidth = 16 * 1024;

    /// <summary>Reads a tool's output.</summary>
    public static FailureText Read(string text)
    {
        var reader = new Reader();
        var lines = Colours().Replace(Ends(text, InputEnds), "").ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (BoxStart().IsMatch(lines[i]))
            {
                i = reader.Box(lines, i);
            }
            else
            {
                reader.Line(lines[i]);
            }
        }

        return reader.ToText();
    }

    /// <summary>The beginning and the end of a text that is too long to be read whole.</summary>
    private static string Ends(string text, int length) =>
        text.Length <= 2 * length ? text : string.Concat(text.AsSpan(0, length), "\n", text.AsSpan(text.Length - length));

    private sealed class Reader
    {
        private readonly List<string> _errors = [];
        private readonly HashSet<string> _seen = [];
        private readonly HashSet<string> _exchange = [];
        private readonly StringBuilder _context = new();
        private readonly List<string> _addresses = [];

        public FailureText ToText() =>
            new(
                Ends(string.Concat(_errors.Select(line => line + "\n")), ErrorEnds),
                Ends(_context.ToString(), ContextEnds),
                _addresses);

        public int Box(string[] lines, int start)
        {
            var block = new StringBuilder();
            var i = start;
            for (; i < lines.Length && BoxLine().IsMatch(lines[i]); i++)
            {
                var line = BoxLine().Replace(lines[i], "");
                if (DiagnosticStart().IsMatch(line) && block.Length > 0)
                {
                    Diagnostic(block.ToString());
                    block.Clear();
                }

                if (block.Length < LineWidth)
                {
                    block.Append(Ends(line.TrimEnd(), LineWidth / 2)).Append('\n');
                }
            }

            Diagnostic(block.ToString());
            return i - 1;
        }

        private void Diagnostic(string block)
        {
            foreach (Match with in WithAddress().Matches(block))
            {
                _addresses.Add(with.Groups["address"].Value);
            }

            var address = WithAddress().Match(block).Groups["address"].Value;
            var joined = Spaces().Replace(SourceLines().Replace(block, "\n"), " ").Trim();
            if (joined.Length == 0)
            {
                return;
            }

            Add(address.Length > 0 ? $"{joined} @{address}" : joined, evidence: !joined.StartsWith("Warning:", StringComparison.Ordinal));
        }

        public void Line(string line)
        {
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed is "╷" or "╵")
            {
                return;
            }

            if (trimmed[0] is '{' or '[' && TryJson(trimmed))
            {
                return;
            }

            trimmed = Ends(trimmed, LineWidth / 2);
            if (FailureLines.IsHttp(trimmed))
            {
                Http(trimmed);
                return;
            }

            var json = trimmed.IndexOf('{');
            var inner = json > 0 && trimmed.EndsWith('}') ? trimmed[json..] : "";
            Add(trimmed, evidence: !FailureLines.IsBenign(trimmed) && !(inner.Length > 0 && FailureLines.IsQuiet(inner)));
        }

        // An exchange whose last answer is good was a probe or a login that went its way, whatever its earlier answers were.
        private void Http(string line)
        {
            if (FailureLines.IsGoodAnswer(line))
            {
                _errors.RemoveAll(_exchange.Contains);
                _exchange.Clear();
            }

            if (FailureLines.IsProbeAnswer(line, _context.ToString(Math.Max(0, _context.Length - 400), Math.Min(400, _context.Length))))
            {
                Add(line, evidence: false);
                return;
            }

            _exchange.Add(line);
            Add(line, evidence: true);
        }

        private bool TryJson(string line)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("@level", out var level))
                {
                    TerraformLine(root, level.GetString() ?? "");
                    return true;
                }

                var flat = JsonFlattener.Flatten(root);
                Add(flat, evidence: !FailureLines.IsQuiet(line) && !FailureLines.IsNormalEvent(flat) && !KubernetesConditions.AllHold(root));
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        // https://developer.hashicorp.com/terraform/internals/machine-readable-ui
        private void TerraformLine(JsonElement root, string level)
        {
            if (root.TryGetProperty("diagnostic", out var diagnostic))
            {
                var address = Text(diagnostic, "address");
                if (address.Length > 0)
                {
                    _addresses.Add(address);
                }

                var message = $"{Text(diagnostic, "severity")}: {Text(diagnostic, "summary")}: {Text(diagnostic, "detail")}".Replace('\n', ' ');
                Add(address.Length > 0 ? $"{message} @{address}" : message, Text(diagnostic, "severity") == "error");
                return;
            }

            var line = Text(root, "@message");
            var interrupted = line.Contains("interrupt", StringComparison.OrdinalIgnoreCase);
            // "Creation errored" repeats what the diagnostic says; the address is all it adds.
            if (Text(root, "type") == "apply_errored" && root.TryGetProperty("hook", out var hook) && hook.TryGetProperty("resource", out var resource))
            {
                _addresses.Add(Text(resource, "addr"));
                Add(line, evidence: false);
                return;
            }

            Add(line, evidence: level == "error" || interrupted);
        }

        private void Add(string line, bool evidence)
        {
            line = Ends(line, LineWidth / 2);
            _context.Append(line).Append('\n');
            // A log says the same a hundred times; once is evidence enough.
            if (evidence && _seen.Add(line))
            {
                _errors.Add(line);
            }
        }

        private static string Text(JsonElement element, string property) =>
            element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }

    [GeneratedRegex("^\\s*[│|]( |$)")]
    private static partial Regex BoxStart();

    [GeneratedRegex("^\\s*[│|](?: |$)")]
    private static partial Regex BoxLine();

    [GeneratedRegex("^(?:Error|Warning): ")]
    private static partial Regex DiagnosticStart();

    [GeneratedRegex("^[ \\t]+with (?<address>(?:[^\\s,\"]|\"[^\"\\n]*\")+),[ \\t]*$", RegexOptions.Multiline)]
    private static partial Regex WithAddress();

    [GeneratedRegex("^[ \\t]+(?:with [^\\n]+,|on [^\\n]+ line \\d+.*|\\d+: .*)$\\n?", RegexOptions.Multiline)]
    private static partial Regex SourceLines();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("\\x1B(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\x07\\x1B]*(?:\\x07|\\x1B\\\\))")]
    private static partial Regex Colours();
}
