using Mayfly.GitHub.Payloads;
using Octokit;

namespace Mayfly.GitHub.Client;

/// <summary>One repository on GitHub: what is asked of it and written to it. Every answer is a value or words; nothing throws.</summary>
public sealed partial class GitHubRepository : IDisposable
{
    // Longer than GitHub itself lets a request take.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    private readonly GitHubAccess _access;
    private readonly Octokit.Internal.HttpClientAdapter _http;
    private readonly ApiConnection _api;
    private readonly GitHubClient _client;

    /// <summary>Opens it; nothing is asked yet.</summary>
    /// <param name="access">Where it is.</param>
    /// <param name="clock">For waits.</param>
    /// <param name="patience">The longest wait for one request when GitHub limits them; null: as long as suits a run.</param>
    public GitHubRepository(GitHubAccess access, TimeProvider clock, TimeSpan? patience = null)
    {
        _access = access;
        _http = new Octokit.Internal.HttpClientAdapter(() => new PatientHandler(clock, patience ?? TimeSpan.FromMinutes(2))
        {
            InnerHandler = new TimeLimit(RequestLimit) { InnerHandler = Octokit.Internal.HttpMessageHandlerFactory.CreateDefault() },
        });
        var connection = new Connection(
            new ProductHeaderValue("mayfly"), access.Api, new Octokit.Internal.InMemoryCredentialStore(new Credentials(access.Token)), _http,
            new Octokit.Internal.SimpleJsonSerializer());

        // Waits for a limit count too; each try has a limit of its own.
        connection.SetRequestTimeout(Timeout.InfiniteTimeSpan);
        _client = new GitHubClient(connection);
        _api = new ApiConnection(connection);
    }

    /// <summary>A pull request as it is now.</summary>
    public Task<GitHubAnswer<PullState>> PullAsync(int number, CancellationToken ct) => AskAsync(
        $"look at pull request {number}", async () => StateOf(await _client.PullRequest.Get(_access.Owner, _access.Repository, number)), ct);

    /// <summary>Whether an account may write to the repository.</summary>
    public async Task<GitHubAnswer<bool>> MayWriteAsync(string login, CancellationToken ct)
    {
        var answer = await AskAsync("ask for a permission", async () =>
        {
            var role = await _client.Repository.Collaborator.ReviewPermission(_access.Owner, _access.Repository, Uri.EscapeDataString(login));
            return role.Permission is "admin" or "write";
        }, ct);

        // Who is no collaborator of any kind is "not found".
        return answer.IsMissing ? new GitHubAnswer<bool>(false, null) : answer;
    }

    /// <summary>Puts a label on.</summary>
    public Task<GitHubAnswer<bool>> AddLabelAsync(int number, string label, CancellationToken ct) => DoAsync(
        "put the label on", () => _api.Post<IReadOnlyList<Label>>(Path($"issues/{number}/labels"), new NewLabels([label])), ct);

    /// <summary>Takes a label off.</summary>
    public Task<GitHubAnswer<bool>> RemoveLabelAsync(int number, string label, CancellationToken ct) => DoAsync(
        "take the label off", () => _api.Delete(Path($"issues/{number}/labels/{Uri.EscapeDataString(label)}")), ct);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private Task<GitHubAnswer<bool>> DoAsync(string what, Func<Task> act, CancellationToken ct) => AskAsync(what, async () =>
    {
        await act();
        return true;
    }, ct);

    private static async Task<GitHubAnswer<T>> AskAsync<T>(string what, Func<Task<T>> ask, CancellationToken ct)
    {
        try
        {
            return new GitHubAnswer<T>(await ask().WaitAsync(ct), null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && GitHubTrouble.Of(e, what) is { } trouble)
        {
            return new GitHubAnswer<T>(default, trouble, e is NotFoundException);
        }
    }

    private static PullState StateOf(PullRequest pull) => new()
    {
        Number = pull.Number,
        IsOpen = pull.State.StringValue == "open",
        IsMerged = pull.Merged,
        IsDraft = pull.Draft,
        IsLocked = pull.Locked,
        HeadCommit = pull.Head.Sha,
        HeadBranch = pull.Head.Ref,
        HeadRepository = pull.Head.Repository?.Id,
        BaseRepository = pull.Base.Repository?.Id,
        BaseBranch = pull.Base.Ref,
        BaseCommit = pull.Base.Sha,
        Labels = [.. pull.Labels.Select(label => label.Name)],
        Author = pull.User is { } user ? new Payloads.Account(user.Login, user.Type == AccountType.Bot) : null,
    };

    private sealed record NewLabels(IReadOnlyList<string> Labels);

    /// <summary>Bounds one try, so that waits between tries are not cut off with it.</summary>
    private sealed class TimeLimit(TimeSpan limit) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
            bounded.CancelAfter(limit);
            try
            {
                return await base.SendAsync(request, bounded.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new HttpRequestException("The request took too long.");
            }
        }
    }
}
