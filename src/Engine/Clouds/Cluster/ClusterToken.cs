using System.Net.Http.Headers;
using k8s.Authentication;
using Mayfly.Engine.Clouds.Aws;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>A cluster's token, made anew before it runs out, so that a run may take longer than its token.</summary>
public sealed class ClusterToken(IAwsAccount account, string cluster, TimeProvider clock) : ITokenProvider
{
    // EKS accepts a token for 15 minutes; ten leave room for a slow request.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _token;
    private long _made;

    /// <summary>A token with at least some minutes left.</summary>
    public async Task<string> GetAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_token is null || clock.GetElapsedTime(_made) > Life)
            {
                _token = await account.TokenAsync(cluster, ct);
                _made = clock.GetTimestamp();
            }

            return _token;
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
        if (refused is null || _token == refused)
        {
            _token = null;
        }
    }

    /// <inheritdoc />
    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        new("Bearer", await GetAsync(cancellationToken));
}
