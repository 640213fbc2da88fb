using System.Globalization;
using Mayfly.Engine.Configuration;
using Mayfly.Engine.Environments;

namespace Mayfly.Cli;

/// <summary>Decides which pull request is meant, from options, the GitHub event and the working copy.</summary>
internal static class RequestedPullRequest
{
    // Longer names than git's own files could hold are no branches.
    private const int LongestBranch = 1024;

    /// <summary>The pull request. Branch and commit of the event count only when the event is about the same one.</summary>
    /// <param name="number">The option; null when it was not given.</param>
    /// <param name="branch">The option; null when it was not given.</param>
    /// <param name="commit">The option; null when it was not given.</param>
    /// <param name="github">What the event says.</param>
    /// <param name="checkedOut">The commit of the working copy, the last resort.</param>
    /// <param name="needsBranch">False for a teardown, which must work when the branch is gone already.</param>
    /// <exception cref="InvalidInputException">Something is missing or cannot be right.</exception>
    public static PullRequest From(
        string? number, string? branch, string? commit, GitHubEvent github, string? checkedOut, bool needsBranch)
    {
        var problems = new List<string>();
        var asked = Number(number, github, problems);
        var relevant = asked == github.Number ? github : new GitHubEvent(null, null, null);
        var named = branch ?? relevant.Branch;
        if (branch is not null && string.IsNullOrWhiteSpace(branch))
        {
            problems.Add("--branch is empty; it takes the name of the pull request's branch");
        }
        else if (named is null && needsBranch)
        {
            problems.Add("no branch is known: name it with --branch; there is no GitHub event of a pull request that would say it");
        }
        else if (named?.Length > LongestBranch)
        {
            problems.Add($"--branch has {named.Length} characters; {LongestBranch} are allowed");
        }

        if (commit is not null && (commit.Length is < 7 or > 64 || !commit.All(char.IsAsciiHexDigit)))
        {
            problems.Add($"--commit '{commit}' is no commit; it takes 7 to 64 hexadecimal digits");
        }

        return problems.Count > 0
            ? throw new InvalidInputException(problems)
            : new PullRequest(asked, named ?? "", (commit ?? relevant.Commit ?? checkedOut)?.ToLowerInvariant());
    }

    private static int Number(string? option, GitHubEvent github, List<string> problems)
    {
        if (option is null && github.Number is { } fromEvent)
        {
            return fromEvent;
        }

        if (option is null)
        {
            problems.Add("no pull request is known: name it with --pr; there is no GitHub event of a pull request that would say it");
            return 0;
        }

        if (!int.TryParse(option, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            problems.Add($"--pr '{option}' is no pull request; it takes a number from 1 on");
        }

        return number;
    }
}
