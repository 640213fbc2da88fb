using System.Text;
using Mayfly.Aws;

namespace Mayfly.Engine.Tools;

/// <summary>
/// Gives terraform the workflow's role in a form that it renews by itself: a file with the identity token, which is kept fresh while the
/// program runs. Keys in its environment would be those of one session, and end with it.
/// </summary>
/// <param name="tools">Runs the programs.</param>
/// <param name="identity">The workflow's identity.</param>
/// <param name="role">ARN of the role.</param>
/// <param name="directory">A folder for the file.</param>
/// <param name="clock">When to renew.</param>
public sealed class RoleTools(IToolRunner tools, GitHubIdentity identity, string role, string directory, TimeProvider clock) : IToolRunner
{
    // GitHub's tokens are good for five minutes.
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(2);

    private static readonly string[] Frozen =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];

    /// <inheritdoc />
    public async Task<ToolResult> RunAsync(ToolCall call, CancellationToken ct)
    {
        if (call.Tool != "terraform")
        {
            return await tools.RunAsync(call, ct);
        }

        OwnerOnly.CreateDirectory(directory);
        var file = Path.Combine(directory, $"identity-{Guid.CreateVersion7():n}.token");
        await WriteAsync(file, ct);
        using var stop = new CancellationTokenSource();
        var renewal = RenewAsync(file, stop.Token);
        try
        {
            return await tools.RunAsync(call with { Environment = WithRole(call.Environment, file) }, ct);
        }
        finally
        {
            await stop.CancelAsync();
            await renewal;
            File.Delete(file);
        }
    }

    private Dictionary<string, string?> WithRole(IReadOnlyDictionary<string, string?> environment, string file)
    {
        var all = new Dictionary<string, string?>(environment, StringComparer.Ordinal);
        foreach (var name in Frozen)
        {
            all[name] = null;
        }

        all["AWS_WEB_IDENTITY_TOKEN_FILE"] = file;
        all["AWS_ROLE_ARN"] = role;
        all["AWS_ROLE_SESSION_NAME"] = GitHubRoleCredentials.SessionName;
        return all;
    }

    private async Task RenewAsync(string file, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(RenewEvery, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!ct.IsCancellationRequested)
                {
                    await WriteAsync(file, ct);
                }
            }
            catch (Exception e) when (e is OperationCanceledException || OutsideWorld.Classify(e) is not null)
            {
                // The program looks into the file once in an hour; the next round tries again.
            }
        }
    }

    private async Task WriteAsync(string file, CancellationToken ct) =>
        OwnerOnly.Write(file, Encoding.UTF8.GetBytes(await identity.TokenAsync(ct)));
}
