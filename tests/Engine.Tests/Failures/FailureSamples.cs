using System.Text.Json;

namespace Mayfly.Engine.Tests.Failures;

/// <summary>A text with what it means.</summary>
public sealed record FailureSample(string Id, string Tool, string Text, string Class, string Disposition)
{
    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The texts of the fixtures: those known from reports, and three sets that were written without a look at the rules, each after those had been mended for the one before; and what the fault matrix had the tools say.</summary>
internal static class FailureSamples
{
    public static IReadOnlyList<FailureSample> All { get; } = [.. new[] { "known", "holdout", "second-holdout", "third-holdout", "matrices" }.SelectMany(Read)];

    private static IEnumerable<FailureSample> Read(string set)
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "failures", $"{set}.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            string Field(string name) => document.RootElement.GetProperty(name).GetString()!;
            yield return new FailureSample(Field("id"), Field("tool"), Field("text"), Field("class"), Field("disposition"));
        }
    }
}
