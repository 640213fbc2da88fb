using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>Which lines of an output are no evidence of a failure: progress, plans, outputs, notices, what was expected.</summary>
internal static partial class FailureLines
{
    private const int LineStart = 1024;

    /// <summary>A line that reports progress, a notice or something that was expected.</summary>
    public static bool IsBenign(string line)
    {
        // What a line is stands at its beginning.
        var start = line.AsSpan(0, Math.Min(line.Length, LineStart));
        return Benign().IsMatch(start) || Progress().IsMatch(start) || Plan().IsMatch(start);
    }

    /// <summary>A JSON log line below the level of a warning.</summary>
    public static bool IsQuiet(string json) => Quiet().IsMatch(json);

    /// <summary>A flattened Kubernetes event of type Normal.</summary>
    public static bool IsNormalEvent(string flat) => NormalEvent().IsMatch(flat);

    /// <summary>A line of an HTTP exchange that tells an answer.</summary>
    public static bool IsHttp(string line) => HttpAnswer().IsMatch(line);

    /// <summary>An answer that is no failure.</summary>
    public static bool IsGoodAnswer(string line) => HttpAnswer().Match(line).Groups["code"].Value is ['2' or '3', ..];

    /// <summary>A 401 or 404 that a client asks for: a registry's challenge, or the look whether a blob is there.</summary>
    /// <param name="line">The answer.</param>
    /// <param name="before">What was printed before it.</param>
    public static bool IsProbeAnswer(string line, string before) =>
        HttpAnswer().Match(line).Groups["code"].Value is "401" or "404" && Probe().IsMatch(before);

    [GeneratedRegex("^\\[?(?:DEBUG|INFO|TRACE|NOTICE)\\]?\\b|^\\S+ \\[(?:DEBUG|INFO|TRACE)\\]|\\blevel=(?:debug|info|trace)\\b|\\((?:as )?expected\\b|\\[(?:ℹ|✔|!|DEBUG|INFO)\\]|^[IDV]\\d{4} \\d\\d:(?!.*exceeded maximum number of attempts)|^W\\d{4} .*warnings\\.go|^(?!Error)(?:\\S+ )?warning: |^\\d+ charts?\\(s\\) linted, 0 |^\\S+\\.\\s+\\d+\\s+IN\\s+[A-Z]+\\s|^(?:upload|download|copy|move|delete): |^(?!.*\\bError:).*\\b0 (?:errors?|failed|failures)\\b(?!.*[1-9]\\d* (?:error|fail))", RegexOptions.IgnoreCase)]
    private static partial Regex Benign();

    // What Terraform, Helm, kubectl and rollouts say while all goes well.
    [GeneratedRegex("^\\S+: (?:Creating|Still (?:creating|modifying|destroying|reading)|Creation complete|Destroying|Destruction complete|Modifying|Modifications complete|Refreshing state|Reading|Read complete|Drift detected|Plan to|Provisioning with|Import(?:ing|ed| complete))\\b|^(?:Apply|Destroy) complete!|^Waiting for deployment |^Release \"\\S+\" does not exist\\. Installing it now|successfully rolled out$|^\\S+/\\S+ (?:created|configured|unchanged|patched|labeled|annotated|deleted|serverside-applied|condition met|scaled|restarted)\\b|^- (?:Finding|Installing|Installed|Reusing|Using)\\b|^Initializing (?:the backend|modules|provider plugins)\\b|^- \\S+ in \\S+$|^Downloading \\S+ .*for \\S+\\.\\.\\.$|^Successfully configured the backend\\b")]
    private static partial Regex Progress();

    // Lines of a plan and of outputs name what shall be, in the user's words.
    [GeneratedRegex("^(?:[+~-]|[+-]/[+-]|<=) (?:resource |data |module |\\S+ +=)|^# \\S+.* (?:will be|must be|has (?:been|changed|moved))|^Plan: \\d|^(?:Changes to )?Outputs:$|^No changes\\.|^[a-z_][a-z0-9_]* += +(?:\"|\\[|\\{|\\d|true$|false$|<sensitive>|tolist|tomap)")]
    private static partial Regex Plan();

    [GeneratedRegex("\"level\"\\s*:\\s*\"(?:debug|info|trace)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Quiet();

    [GeneratedRegex("\\bkind=Event\\b.*(?<![.\\w])type=Normal\\b")]
    private static partial Regex NormalEvent();

    [GeneratedRegex("^(?:< |(?:attempt|try|poll|probe) \\d+: |\\S+Z )?(?:HTTP/[\\d.]+ (?<code>\\d{3})\\b|curl: \\(22\\) The requested URL returned error: (?<code>\\d{3}))", RegexOptions.IgnoreCase)]
    private static partial Regex HttpAnswer();

    [GeneratedRegex("^> (?:HEAD |GET /v2/|GET /token)", RegexOptions.Multiline)]
    private static partial Regex Probe();
}
