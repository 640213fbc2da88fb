using System.Net.Http.Headers;
using k8s.Authentication;
using Mayfly.Aws;
using Mayfly.Engine.Clouds.Aws;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>A cluster's token, made anew before it or the credentials behind it run out, so that a run may take longer than both.</summary>
public sealed class ClusterToken(IAwsAccount account, string cluster, TimeProvider clock) : ITokenProvider
{
    // What a token has left when it is handed out: room for a slow request, and for programs that read it from a file once a minute.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(4);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private EksLogin? _login;

    /// <summary>A token with at least some minutes left, unless its credentials have less.</summary>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_login is null || clock.GetUtcNow() > _login.Until - Margin)
            {
                _login = await account.LoginAsync(cluster, ct);
            }

            return _login.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets a token, so that the next one is new; whatever another request has renewed meanwhile stays.</summary>
    /// <param name="refused">The token that was refused; null: whichever is in use.</param>
    public void Forget(string? refused = null)
    {
        if (refused is null || _login?.Token == refused)
        {
            _login = null;
        }
    }

    /// <inheritdoc />
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        new("Bearer", await GetAsync(cancellationToken));
}
