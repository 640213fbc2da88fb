using Mayfly.GitHub.Client;
using Octokit;

namespace Mayfly.GitHub.Conversation;

/// <summary>The one comment: found again by its mark and its author, and changed in place.</summary>
internal sealed class CommentVoice(GitHubRepository github, int number, Action<string> warn)
{
    private long? _id;
    private string? _said;

    /// <summary>Says it; what was said already is not said again.</summary>
    /// <param name="mark">What it is found by.</param>
    /// <param name="text">What it says.</param>
    /// <param name="mayAdd">Whether a first one may be written.</param>
    /// <param name="ct">Stops it.</param>
    public async Task SayAsync(string mark, string text, bool mayAdd, CancellationToken ct)
    {
        if (text == _said)
        {
            return;
        }

        if (_id is null && !await FindAsync(mark, ct))
        {
            // Without a look, a second comment might be written.
            return;
        }

        if (_id is null && !mayAdd)
        {
            return;
        }

        var answer = _id is { } id ? await github.ChangeCommentAsync(id, text, ct) : await AddAsync(text, ct);
        if (answer.IsMissing && _id is not null && mayAdd)
        {
            // Somebody removed it.
            answer = await AddAsync(text, ct);
        }

        if (answer.Trouble is { } trouble)
        {
            // The answer may have been lost, and not the comment: it is looked for again before the next word.
            _id = null;
            warn(trouble);
            return;
        }

        _said = text;
    }

    private async Task<bool> FindAsync(string mark, CancellationToken ct)
    {
        var found = await github.OwnCommentsAsync(number, mark, ct);
        if (!found.Is(out var comments))
        {
            warn(found.Trouble!);
            return false;
        }

        _id = comments.Count > 0 ? comments[0].Id : null;
        foreach (var second in comments.Skip(1))
        {
            await github.RemoveCommentAsync(second.Id, ct);
        }

        return true;
    }

    private async Task<GitHubAnswer<bool>> AddAsync(string text, CancellationToken ct)
    {
        var added = await github.AddCommentAsync(number, text, ct);
        _id = added.Is(out var id) ? id : null;
        return new GitHubAnswer<bool>(_id is not null, added.Trouble);
    }
}

/// <summary>The deployment of a run, and what becomes of earlier ones.</summary>
internal sealed class DeploymentVoice(GitHubRepository github, string environment, Action<string> warn)
{
    private long? _id;

    /// <summary>Begins one for a commit. Earlier ones are taken back: what they say is not known to hold any more.</summary>
    public async Task BeginAsync(string commit, CancellationToken ct)
    {
        var before = Known(await github.DeploymentsAsync(environment, ct)) ?? [];
        _id = await github.DeployAsync(environment, commit, ct) is var made && made.Is(out var id) ? id : null;
        if (made.Trouble is { } trouble)
        {
            warn(trouble);
        }
        else
        {
            Check(await github.SayAsync(_id!.Value, DeploymentState.InProgress, "Mayfly is at it", null, ct));
        }

        await RetireAsync(before, ct);
    }

    /// <summary>Ends it.</summary>
    public async Task EndAsync(DeploymentState state, string words, string? url, CancellationToken ct)
    {
        if (_id is { } id)
        {
            Check(await github.SayAsync(id, state, words, url, ct));
        }
    }

    /// <summary>Takes all back.</summary>
    public async Task RetireAllAsync(CancellationToken ct) => await RetireAsync(Known(await github.DeploymentsAsync(environment, ct)) ?? [], ct);

    /// <summary>Removes every trace of the environment, and looks whether one is left.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        if (Known(await github.DeploymentsAsync(environment, ct)) is not { } all)
        {
            return;
        }

        await RetireAsync(all, ct);
        foreach (var deployment in all)
        {
            Check(await github.RemoveDeploymentAsync(deployment, ct));
        }

        // GitHub removes an environment only for an administrator; an empty one shows nothing and costs nothing.
        await github.RemoveEnvironmentAsync(environment, ct);
        if (Known(await github.DeploymentsAsync(environment, ct)) is { Count: > 0 } left)
        {
            warn($"{left.Count} deployments of {environment} are left on GitHub");
        }
    }

    private async Task RetireAsync(IReadOnlyList<long> deployments, CancellationToken ct)
    {
        foreach (var deployment in deployments.Where(deployment => deployment != _id))
        {
            Check(await github.SayAsync(deployment, DeploymentState.Inactive, "taken back by a newer run", null, ct));
        }
    }

    private IReadOnlyList<long>? Known(GitHubAnswer<IReadOnlyList<long>> answer)
    {
        Check(answer);
        return answer.Is(out var found) ? found : null;
    }

    private void Check<T>(GitHubAnswer<T> answer)
    {
        if (answer.Trouble is { } trouble)
        {
            warn(trouble);
        }
    }
}

/// <summary>The check on the commit.</summary>
internal sealed class CheckVoice(GitHubRepository github, string name, Action<string> warn)
{
    private long? _id;
    private string _commit = "";
    private int _annotated;

    /// <summary>Begins it on a commit; the newest check of a name is the one that counts, so an older one is taken back by that.</summary>
    public async Task BeginAsync(string commit, string run, CheckText text, CancellationToken ct)
    {
        _commit = commit;
        _id = await github.BeginCheckAsync(name, commit, run, text with { Annotations = [] }, ct) is var made && made.Is(out var id) ? id : null;
        if (made.Trouble is { } trouble)
        {
            warn(trouble);
        }
    }

    /// <summary>Says how it is.</summary>
    public async Task SayAsync(CheckText text, CheckConclusion? conclusion, CancellationToken ct)
    {
        if (_id is null && _commit.Length > 0 && conclusion is not null)
        {
            // What could not be begun shall at least be concluded.
            await BeginAsync(_commit, "", text, ct);
        }

        if (_id is not { } id)
        {
            return;
        }

        // GitHub adds annotations to those that are there.
        var answer = await github.ChangeCheckAsync(id, text with { Annotations = [.. text.Annotations.Skip(_annotated)] }, conclusion, ct);
        if (answer.Trouble is { } trouble)
        {
            warn(trouble);
        }
        else
        {
            _annotated = text.Annotations.Count;
        }
    }
}
