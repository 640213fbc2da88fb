using Mayfly.Engine.Failures;

namespace Mayfly.Cli.Local;

/// <summary>The local cloud did not do what was asked, for a reason that a person can mend.</summary>
internal sealed class LocalCloudException(string summary, IReadOnlyList<string> evidence, IReadOnlyList<string> next) : Exception(summary)
{
    /// <summary>As a failure, with what was seen and what to do.</summary>
    public Failure Failure { get; } = new(
        "local-cloud", "local_cloud", Disposition.NeedsHuman, summary, "", next, evidence, new Dictionary<string, string>());
}
