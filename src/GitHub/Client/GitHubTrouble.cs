using Octokit;

namespace Mayfly.GitHub.Client;

/// <summary>What went wrong with a request to GitHub, in words. No text of an exception or of an answer is repeated.</summary>
internal static class GitHubTrouble
{
    /// <summary>The words; null when it is none of GitHub's troubles.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="what">What was to be done: "write the comment".</param>
    public static string? Of(Exception e, string what) => e switch
    {
        RateLimitExceededException or SecondaryRateLimitExceededException or AbuseException => $"could not {what}: GitHub's rate limit is used up",
        GitHubShutException => $"could not {what}: GitHub's rate limit is used up, and it asks not to be called for a while",
        AuthorizationException => $"could not {what}: GitHub does not accept the token",
        NotFoundException => $"could not {what}: GitHub finds no such thing, or the token may not see it",
        ForbiddenException => $"could not {what}: the token may not",
        ApiValidationException => $"could not {what}: GitHub refuses it",
        ApiException api => $"could not {what}: GitHub answered {(int)api.StatusCode}",
        HttpRequestException or IOException => $"could not {what}: GitHub cannot be reached",
        OperationCanceledException => $"could not {what}: GitHub did not answer in time",
        _ => null,
    };
}

/// <summary>A request that was not sent, because GitHub asked not to be called before a moment that is too far away.</summary>
internal sealed class GitHubShutException : Exception;
