namespace Mayfly.Engine.Environments;

/// <summary>What is asked for: a pull request's number, branch and commit.</summary>
/// <param name="Number">The pull request's number, 1 or more.</param>
/// <param name="Branch">The full branch name, as git has it; hostile input.</param>
/// <param name="Commit">The commit wanted, 40 hexadecimal digits; null when the caller does not say.</param>
public sealed record PullRequest(int Number, string Branch, string? Commit);
