namespace Mayfly.Engine.Tools;

/// <summary>What upgrade is told.</summary>
/// <param name="Release">Name of the release.</param>
/// <param name="Chart">Directory of the chart.</param>
/// <param name="ValuesFile">The composed values.</param>
/// <param name="Timeout">How long it waits for everything to be ready.</param>
/// <param name="Fingerprint">Says what was deployed; a label of the release.</param>
/// <param name="Major">The binary's major. Helm 4 applies on the server and yields to other writers of a field, unless it is told that the release owns it.</param>
/// <param name="CreatesNamespace">True when the namespace is missing. Helm 4 labels one that exists, and whoever owns it takes the label away again.</param>
public sealed record UpgradeOptions(
    string Release, string Chart, string ValuesFile, TimeSpan Timeout, string Fingerprint, int Major, bool CreatesNamespace);

public sealed partial class Helm
{
    /// <summary>The label of a release that says which chart and values it was made of.</summary>
    public const string FingerprintLabel = "mayfly-fingerprint";

    // Ten revisions are enough to go back; more would only fill the cluster with secrets.
    public static IReadOnlyList<string> UpgradeArguments(UpgradeOptions options) =>
    [
        // Without --reset-values, helm takes the values of before when those given are empty.
        "upgrade", options.Release, options.Chart, "--install", "--wait", "--reset-values",
        .. options.CreatesNamespace ? ["--create-namespace"] : Array.Empty<string>(),
        .. options.Major >= 4 ? ["--server-side=true", "--force-conflicts"] : Array.Empty<string>(),
        "--timeout", Seconds(options.Timeout), "--values", options.ValuesFile,
        "--labels", $"{FingerprintLabel}={options.Fingerprint}", "--history-max", "10", "--hide-notes",
    ];

    /// <summary>Installs or upgrades, and waits until everything is ready.</summary>
    public Task<Outcome<Done>> UpgradeAsync(UpgradeOptions options, StageReporter reporter, CancellationToken ct) =>
        RunAsync(UpgradeArguments(options), reporter, ct);
}
