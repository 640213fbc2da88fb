namespace Mayfly.Engine.Stages;

/// <summary>
/// One step of the loop: it looks, decides, acts and looks again. It believes nothing because an earlier run wrote it, may be
/// run twice with no harm, never retries, and returns failures of the outside world as values. Only a bug throws.
/// </summary>
public interface IStage
{
    /// <summary>Name as in <see cref="StageNames"/>; a layered stage adds its layer, <c>apply:network</c>.</summary>
    string Name { get; }

    /// <summary>Runs the stage once.</summary>
    Task<StageResult> RunAsync(Run run, CancellationToken ct);
}

/// <summary>The stages of the loop, in words that events, flags and documents share.</summary>
public static class StageNames
{
    public const string Identity = "identity";
    public const string Prune = "prune";
    public const string Reconcile = "reconcile";
    public const string Leftovers = "reconcile:leftovers";
    public const string Unblock = "reconcile:unblock";
    public const string Restore = "reconcile:webhooks";
    public const string Apply = "apply";
    public const string Preflight = "preflight";
    public const string Deploy = "deploy";
    public const string Restart = "restart";
    public const string Verify = "verify";
    public const string Sleep = "sleep";
    public const string Release = "release";
    public const string Destroy = "destroy";
    public const string Sweep = "sweep";
    public const string Forget = "forget";
}
