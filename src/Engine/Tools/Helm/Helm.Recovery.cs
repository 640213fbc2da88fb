namespace Mayfly.Engine.Tools;

public sealed partial class Helm
{
    public static IReadOnlyList<string> UninstallArguments(string release, TimeSpan timeout) =>
        ["uninstall", release, "--ignore-not-found", "--wait", "--timeout", Seconds(timeout)];

    /// <summary>Removes a release, its history included; all is well when there is none.</summary>
    public Task<Outcome<Done>> UninstallAsync(string release, TimeSpan timeout, StageReporter reporter, CancellationToken ct) =>
        RunAsync(UninstallArguments(release, timeout), reporter, ct);
}
