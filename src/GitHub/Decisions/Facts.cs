using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Decisions;

/// <summary>What GitHub said when it was asked, after the event: events are late, come in any order, and are run again weeks later.</summary>
/// <param name="Pull">The pull request as it is now; null when GitHub did not say.</param>
/// <param name="SenderMayWrite">Whether who sent the event may write to the repository; null when GitHub did not say or was not asked.</param>
public sealed record Facts(PullState? Pull, bool? SenderMayWrite)
{
    /// <summary>Nothing is known.</summary>
    public static Facts None { get; } = new(null, null);
}
