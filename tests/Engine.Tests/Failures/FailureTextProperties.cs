using System.Diagnostics;
using CsCheck;
using Mayfly.Engine.Failures;

namespace Mayfly.Engine.Tests.Failures;

/// <summary>What must not change a verdict, and what must not hold it up.</summary>
public sealed class FailureTextProperties
{
    private static readonly string[] Benign =
    [
        "",
        "aws_cloudwatch_log_group.app: Refreshing state... [id=/app]",
        "aws_sqs_queue.error_events: Still creating... [10s elapsed]",
        "time=\"2026-05-01T10:00:00Z\" level=info msg=\"all records are up to date\"",
        "{\"level\":\"info\",\"ts\":\"2026-05-01T10:00:00Z\",\"msg\":\"reconciled failed-jobs\"}",
        "{\"@level\":\"info\",\"@message\":\"aws_sns_topic.error: Refreshing state...\",\"type\":\"refresh_start\"}",
        "[DEBUG] attempt 1 of 3",
        "I0501 10:00:00.000000       1 controller.go:10] syncing error-pages",
        "deployment.apps/error-reporter unchanged",
    ];

    private static readonly Gen<FailureSample> Sample = Gen.Int[0, FailureSamples.All.Count - 1].Select(index => FailureSamples.All[index]);

    private static readonly Gen<string[]> Lines = Gen.Int[0, Benign.Length - 1].Select(index => Benign[index]).Array[0, 4];

    [Fact]
    public void Benign_lines_around_a_text_do_not_change_its_class() =>
        Gen.Select(Sample, Lines, Lines).Sample(
            (sample, before, after) => FailureClassifier.Classify(sample.Tool, string.Join('\n', [.. before, sample.Text, .. after])).Class == sample.Class,
            iter: 300,
            threads: 1);

    [Fact]
    public void Line_endings_and_colours_do_not_change_a_class() =>
        Gen.Select(Sample, Gen.Int[30, 37]).Sample(
            (sample, colour) =>
            {
                var coloured = string.Join("\r\n", sample.Text.Split('\n').Select(line => $"\u001b[{colour}m\u001b[1m{line}\u001b[0m"));
                return FailureClassifier.Classify(sample.Tool, coloured).Class == sample.Class;
            },
            iter: 300,
            threads: 1);

    public static TheoryData<string, string> Hostile()
    {
        const int Size = 10_000_000;
        string Repeat(string text) => string.Concat(Enumerable.Repeat(text, Size / text.Length));
        return new TheoryData<string, string>
        {
            { "a word", "Error: " + new string('a', Size) },
            { "words", "Error: " + Repeat("a ") },
            { "quotes", "Error: " + Repeat("\"\\") },
            { "lines", string.Join('\n', Enumerable.Range(0, Size / 40).Select(i => $"Error: thing {i} failed to do {i * 7919}")) },
            { "boxes", Repeat("│ Error: not ready failed to\n") },
            { "addresses", "│ Error: x\n│   with " + Repeat("a[\"b\"]") },
            { "brackets", Repeat("a[b]") + ": Creating" },
            { "nested JSON", new string('[', Size) },
            { "colours", Repeat("\u001b[31m") },
            { "half colours", Repeat("\u001b]") },
            { "phrases", Repeat("role cluster created failed calling webhook certificate secret \"a\" ") },
            { "answers", Repeat("HTTP/1.1 500 x\nHTTP/1.1 200 ok\n") },
        };
    }

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void Ten_megabytes_of_anything_are_read_in_bounded_time(string what, string text)
    {
        var spent = Stopwatch.StartNew();
        FailureClassifier.Classify("", text);

        // One to two seconds of work; the rest is for a machine that is busy with other tests.
        Assert.True(spent.Elapsed < TimeSpan.FromSeconds(15), $"{what}: {spent.Elapsed}");
    }

    [Fact]
    public void An_error_that_no_rule_knows_is_unknown_and_asks_for_a_person()
    {
        var failure = FailureClassifier.Classify("terraform", "Error: the flux capacitor is out of plutonium");

        Assert.Equal((Failure.UnknownClass, Disposition.NeedsHuman), (failure.Class, failure.Disposition));
    }
}
