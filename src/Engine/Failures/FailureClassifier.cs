using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Mayfly.Engine.Failures;

/// <summary>Says what an output means: the first rule that knows it, the user's rules before the built-in ones.</summary>
public static partial class FailureClassifier
{
    // As much of an output as a person reads, and as much as an event may carry.
    private const int EvidenceLines = 6;
    private const int EvidenceWidth = 600;

    // Output is hostile input: what takes longer than this to be known is unknown, which a person looks at.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The class of an output that asks for nothing.</summary>
    public const string NotAFailure = "not_a_failure";

    /// <summary>Classifies what a tool printed.</summary>
    /// <param name="tool">terraform, helm, kubectl, eso, aws or http; empty when it is not known.</param>
    /// <param name="output">Its output, secrets taken out.</param>
    /// <param name="userRules">Rules of the configuration, tried first.</param>
    /// <returns>A failure of class <see cref="NotAFailure"/> where nothing failed, of <see cref="Failure.UnknownClass"/> where no rule knows it.</returns>
    public static Failure Classify(string tool, string output, IReadOnlyList<FailureRule>? userRules = null)
    {
        var text = FailureText.Read(output);
        var rule = FirstMatch(tool, text, userRules ?? [], out var gaveUp);
        if (rule is null && !gaveUp && !StrongError().IsMatch(ApplicationLog().Replace(text.Errors, "")))
        {
            return new Failure("none", NotAFailure, Disposition.None, "Nothing failed.", "", [], [], new Dictionary<string, string>()) { Tool = tool };
        }

        var evidence = text.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(EvidenceLines).Select(Shorten).ToArray();
        var extract = FailureExtraction.Read(text);
        if (rule is null)
        {
            return new Failure("unknown", Failure.UnknownClass, Disposition.NeedsHuman, Summary(evidence), "", ["Read the evidence; add a rule to mayfly.yaml under failures: once you know what it means."], evidence, extract) { Tool = tool };
        }

        return new Failure(rule.Name, rule.Class, rule.Disposition, Summary(evidence), rule.Remedy, rule.Next.Length > 0 ? [rule.Next] : [], evidence, extract) { Tool = tool };
    }

    private static FailureRule? FirstMatch(string tool, FailureText text, IReadOnlyList<FailureRule> userRules, out bool gaveUp)
    {
        gaveUp = false;
        if (text.Errors.Length == 0)
        {
            return null;
        }

        var spent = Stopwatch.StartNew();
        foreach (var rule in userRules.Concat(FailureRules.BuiltIn))
        {
            if (spent.Elapsed > Patience)
            {
                gaveUp = true;
                return null;
            }

            if (rule.Matches(tool, text))
            {
                return rule;
            }
        }

        return null;
    }

    // A tool's own sentence says more than what its libraries logged before it.
    private static string Summary(string[] evidence) =>
        evidence.FirstOrDefault(line => !LibraryLog().IsMatch(line)) ?? evidence.FirstOrDefault() ?? "The tool failed and said nothing.";

    private static string Shorten(string line) => line.Length <= EvidenceWidth ? line : string.Concat(line.AsSpan(0, EvidenceWidth), "…");

    [GeneratedRegex("(?<![.\\w-])errors?\\b\\s*[:=](?!\\s*(?:\\[\\]|0\\b|none\\b|null\\b|false\\b|\"\"|<nil>))|^error[: ]|\\[ERROR\\]|\\blevel\"?\\s*[=:]\\s*\"?(?:error|fatal)\\b|\\bAn error occurred\\b|StatusCode: [045]|(?<![\\w./-])FAILED(?![\\w./-]|: 0\\b)|_FAILED\\b|\\bfatal\\b|\\bpanic:|status=Failure|status=False|\\btype=Warning\\b|HTTP/[\\d.]+ [45]\\d\\d|returned error: \\d|(?<!WARN[^\\n]*)\\b(?:cannot|unable) to\\b|^Warning {2}|\\[✖\\]",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex StrongError();

    [GeneratedRegex("^[EWF]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d+ +\\d+ \\S+\\.go:\\d+\\]")]
    private static partial Regex LibraryLog();

    // What an application writes about its own work is its own business, as long as no rule knows it.
    [GeneratedRegex("^(?:\\[?pod/\\S+|\\S+ \\|)\\s+(?:container=\\S+\\s*)?.*$", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex ApplicationLog();
}
