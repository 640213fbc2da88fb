using System.Net;

namespace Mayfly.LocalCloud.Kubernetes.Controllers.Machinery;

/// <summary>For the few requests that no work queue stands behind: tries them until the API answers.</summary>
public static class Persistence
{
    /// <summary>Does something again and again as long as only the API's state of health is in the way.</summary>
    public static async Task<T> UntilAnsweredAsync<T>(TimeProvider clock, Func<Task<T>> action, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await action();
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, tries))), clock, ct);
            }
        }
    }

    /// <summary>Whether a failure says nothing about the request itself.</summary>
    public static bool IsPassing(Exception failure) => failure switch
    {
        ClusterApiException refused => refused.Status >= HttpStatusCode.InternalServerError || refused.Status == HttpStatusCode.TooManyRequests,
        HttpRequestException or IOException => true,
        _ => false,
    };
}
