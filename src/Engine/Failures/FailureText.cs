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
    /// <summary>Reads a tool's output.</summary>
    public static FailureText Read(string text)
    {
        var reader = new Reader();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
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

    private sealed class Reader
    {
        private readonly StringBuilder _errors = new();
        private readonly StringBuilder _context = new();
        private readonly List<string> _addresses = [];
        private bool? _lastAnswerGood;

        public FailureText ToText()
        {
            // An exchange whose last answer is good was a probe or a login that went its way, whatever came before.
            var errors = _lastAnswerGood == true ? "" : _errors.ToString();
            return new FailureText(errors, _context.ToString(), _addresses);
        }

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

                block.Append(line.TrimEnd()).Append('\n');
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

            if (HttpStatus().Match(trimmed) is { Success: true } status)
            {
                _lastAnswerGood = status.Groups["code"].Value[0] is '2' or '3';
            }

            var json = trimmed.IndexOf('{');
            var inner = json > 0 && trimmed.EndsWith('}') ? trimmed[json..] : "";
            var benign = Benign().IsMatch(trimmed) || (inner.Length > 0 && Quiet().IsMatch(inner));
            Add(trimmed, evidence: !benign);
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
                Add(flat, evidence: !Quiet().IsMatch(line) && !GoodCondition().IsMatch(flat) && !NormalEvent().IsMatch(flat));
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
            _context.Append(line).Append('\n');
            if (evidence)
            {
                _errors.Append(line).Append('\n');
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

    [GeneratedRegex("^\\s+with (?<address>[^\\s,]+(?:\\[\"[^\"]*\"\\][^\\s,]*)*),\\s*$", RegexOptions.Multiline)]
    private static partial Regex WithAddress();

    [GeneratedRegex("^\\s+(?:with [^\\n]+,|on [^\\n]+ line \\d+.*|\\d+: .*)$\\n?", RegexOptions.Multiline)]
    private static partial Regex SourceLines();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^(?:< )?HTTP/[\\d.]+ (?<code>\\d{3})")]
    private static partial Regex HttpStatus();

    [GeneratedRegex("^\\[?(?:DEBUG|INFO|TRACE)\\]?\\b|\\blevel=(?:debug|info|trace)\\b|\\(expected\\b|\\[(?:ℹ|✔|DEBUG|INFO)\\]|^[IDV]\\d{4} \\d\\d:", RegexOptions.IgnoreCase)]
    private static partial Regex Benign();

    [GeneratedRegex("\"level\"\\s*:\\s*\"(?:debug|info|trace)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Quiet();

    [GeneratedRegex("status\\.conditions\\.0\\.status=True(?!.*conditions\\.\\d+\\.status=False)(?=.*conditions\\.0\\.type=(?:Ready|Available|Established|Synced))|^(?!.*status\\.conditions).*\\btype=Ready\\b.*\\bstatus=True\\b")]
    private static partial Regex GoodCondition();

    [GeneratedRegex("\\bkind=Event\\b.*(?<![.\\w])type=Normal\\b")]
    private static partial Regex NormalEvent();
}
