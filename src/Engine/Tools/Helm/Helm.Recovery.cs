using System.Globalization;

namespace Mayfly.Engine.Tools;

public sealed partial class Helm
{
    public static IReadOnlyList<string> RollbackArguments(string release, int revision, bool force = false) =>
    [
        "rollback", release, revision.ToString(CultureInfo.InvariantCulture), "--history-max", "10",
        .. force ? ["--force-conflicts"] : Array.Empty<string>(),
    ];

    public static IReadOnlyList<string> UninstallArguments(string release, TimeSpan timeout) =>
        ["uninstall", release, "--ignore-not-found", "--wait", "--timeout", Seconds(timeout)];

    /// <summary>Goes back to a revision that was deployed; what an interrupted upgrade left pending is closed by it.</summary>
    /// <param name="release">The release.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="reporter">Where helm's own words go.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="force">Helm 4 only: fields that somebody else changed since are taken back too, as helm 3 does anyway.</param>
    public Task<Outcome<Done>> RollbackAsync(string release, int revision, StageReporter reporter, CancellationToken ct, bool force = false) =>
        RunAsync(RollbackArguments(release, revision, force), reporter, ct);

    /// <summary>Removes a release, its history included; all is well when there is none.</summary>
    public Task<Outcome<Done>> UninstallAsync(string release, TimeSpan timeout, StageReporter reporter, CancellationToken ct) =>
        RunAsync(UninstallArguments(release, timeout), reporter, ct);
}
