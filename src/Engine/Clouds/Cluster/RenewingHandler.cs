using System.Net;
using System.Net.Http.Headers;

namespace Mayfly.Engine.Clouds.Cluster;

/// <summary>Asks once more with a new token where the cluster refused the one in use: its credentials may have ended before their time.</summary>
internal sealed class RenewingHandler(ClusterToken token) : DelegatingHandler
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || request.Headers.Authorization?.Parameter is not { } refused)
        {
            return response;
        }

        token.Forget(refused);
        if (await token.GetAsync(cancellationToken) is var renewed && renewed == refused)
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", renewed);
        return await base.SendAsync(request, cancellationToken);
    }
}
