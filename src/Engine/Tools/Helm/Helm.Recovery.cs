using System.Globalization;

namespace Mayfly.Engine.Tools;

public sealed partial class Helm
{
    public static IReadOnlyList<string> RollbackArguments(string release, int revision) =>
        ["rollback", release, revision.ToString(CultureInfo.InvariantCulture), "--history-max", "10"];

    public static IReadOnlyList<string> UninstallArguments(string release, TimeSpan timeout) =>
        ["uninstall", release, "--ignore-not-found", "--wait", "--timeout", Seconds(timeout)];

    /// <summary>Goes back to a revision that was deployed; what an interrupted upgrade left pending is closed by it.</summary>
    public Task<Outcome<Done>> RollbackAsync(string release, int revision, StageReporter reporter, CancellationToken ct) =>
        RunAsync(RollbackArguments(release, revision), reporter, ct);

    /// <summary>Removes a release, its history included; all is well when there is none.</summary>
    public Task<Outcome<Done>> UninstallAsync(string release, TimeSpan timeout, StageReporter reporter, CancellationToken ct) =>
        RunAsync(UninstallArguments(release, timeout), reporter, ct);
}
