namespace Mayfly.GitHub.Payloads;

/// <summary>A pull request at one moment: at the time of an event, or now.</summary>
public sealed record PullState
{
    /// <summary>Its number.</summary>
    public required int Number { get; init; }

    /// <summary>False once it was merged or closed.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>True once it was merged.</summary>
    public bool IsMerged { get; init; }

    /// <summary>True while its author does not call it ready.</summary>
    public bool IsDraft { get; init; }

    /// <summary>True while only members may write in its conversation.</summary>
    public bool IsLocked { get; init; }

    /// <summary>The commit that it would merge.</summary>
    public required string HeadCommit { get; init; }

    /// <summary>Name of its branch.</summary>
    public required string HeadBranch { get; init; }

    /// <summary>Id of the repository that the branch lies in; null when that repository is gone.</summary>
    public long? HeadRepository { get; init; }

    /// <summary>Id of the repository that it wants to go to.</summary>
    public long? BaseRepository { get; init; }

    /// <summary>The branch that it wants to go to; another pull request's in a stack.</summary>
    public string BaseBranch { get; init; } = "";

    /// <summary>The commit of that branch.</summary>
    public string BaseCommit { get; init; } = "";

    /// <summary>The names of its labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Who opened it.</summary>
    public Account? Author { get; init; }

    /// <summary>
    /// True unless its branch provably lies in the repository itself: ids decide, since names change hands when a repository is
    /// renamed or transferred.
    /// </summary>
    public bool IsFromFork => HeadRepository is null || BaseRepository is null || HeadRepository != BaseRepository;

    /// <summary>Whether it carries a label; GitHub does not tell labels apart by case.</summary>
    public bool Carries(string label) => Labels.Contains(label, StringComparer.OrdinalIgnoreCase);
}
