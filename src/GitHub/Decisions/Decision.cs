using Mayfly.GitHub.Payloads;

namespace Mayfly.GitHub.Decisions;

/// <summary>What an event asks for, after all that is known. A closed set.</summary>
/// <param name="Because">Why, in a sentence for people. It repeats nothing that strangers wrote.</param>
public abstract record Decision(string Because)
{
    /// <summary>Nothing is to be done.</summary>
    public sealed record Nothing(string Because) : Decision(Because);

    /// <summary>The event has been overtaken: what it asks for is another run's business, or nobody's any more.</summary>
    public sealed record Stale(string Because) : Decision(Because);

    /// <summary>A commit of a fork waits until somebody with write permission has named it.</summary>
    public sealed record AwaitApproval(PullState Pull, string Because) : Decision(Because);

    /// <summary>The environment is to be brought to a commit.</summary>
    /// <param name="Pull">The pull request.</param>
    /// <param name="Command">The command that asks for it; null when the label or a push does.</param>
    /// <param name="Because">Why.</param>
    public sealed record Converge(PullState Pull, PreviewCommand? Command, string Because) : Decision(Because)
    {
        /// <summary>
        /// The commit whose configuration, infrastructure and charts are used. A fork's are never: its environment is made by what
        /// the repository itself has, and only the application's image is the fork's.
        /// </summary>
        public string CheckOut => Pull.IsFromFork ? Pull.BaseCommit : Pull.HeadCommit;
    }

    /// <summary>The environment is to be removed.</summary>
    /// <param name="Number">Whose.</param>
    /// <param name="Pull">The pull request; null when GitHub did not say.</param>
    /// <param name="Command">The command that asks for it; null when the pull request's state does.</param>
    /// <param name="Because">Why.</param>
    public sealed record TearDown(int Number, PullState? Pull, PreviewCommand? Command, string Because) : Decision(Because)
    {
        /// <summary>True when no event asks for it: it has outlived its time or its pull request.</summary>
        public bool IsOutlived { get; init; }
    }

    /// <summary>A command that neither makes nor removes an environment is to be answered.</summary>
    public sealed record Answer(PullState Pull, PreviewCommand Command, string Because) : Decision(Because);

    /// <summary>A command is refused: its writer may not command, or it makes no sense.</summary>
    /// <param name="Number">The pull request.</param>
    /// <param name="Reply">What is said to who wrote it; null when a reaction is enough.</param>
    /// <param name="Because">Why.</param>
    public sealed record Refuse(int Number, string? Reply, string Because) : Decision(Because);
}
