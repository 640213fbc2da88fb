using System.Net.Http.Headers;
using System.Text.Json;

namespace Mayfly.Aws;

/// <summary>
/// The identity that GitHub gives a job of a workflow: a token of OpenID Connect, good for some minutes, a new one at each request.
/// </summary>
/// <param name="http">Asks GitHub.</param>
/// <param name="address">ACTIONS_ID_TOKEN_REQUEST_URL.</param>
/// <param name="bearer">ACTIONS_ID_TOKEN_REQUEST_TOKEN.</param>
public sealed class GitHubIdentity(HttpClient http, Uri address, string bearer)
{
    private const string Audience = "sts.amazonaws.com";

    /// <summary>A new token for AWS.</summary>
    /// <exception cref="AwsException">GitHub gave none.</exception>
    public async Task<string> TokenAsync(CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}{(address.Query.Length > 0 ? '&' : '?')}audience={Audience}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        request.Headers.UserAgent.ParseAdd("mayfly");
        try
        {
            using var answer = await http.SendAsync(request, ct);
            if (!answer.IsSuccessStatusCode)
            {
                throw Refused($"GitHub answered {(int)answer.StatusCode}", null);
            }

            using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(ct));
            return body.RootElement.TryGetProperty("value", out var value) && value.GetString() is { Length: > 0 } token
                ? token
                : throw Refused("GitHub's answer holds no token", null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw Refused(e.Message, e);
        }
    }

    private static AwsException Refused(string why, Exception? inner) => new(AwsErrorCodes.NoCredentials,
        $"No identity token from GitHub ({why}); the job needs the permission id-token: write.", inner);
}
