using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.Cli.Local;

/// <summary>A client of the local cloud's control API.</summary>
/// <param name="address">Where it listens.</param>
/// <param name="patience">How long one answer may take; null: half a minute, for machines that are busy with builds.</param>
internal sealed class LocalCloudControl(string address, TimeSpan? patience = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(address),
        Timeout = patience ?? TimeSpan.FromSeconds(30),
    };

    /// <summary>Whether the process answers there.</summary>
    public async Task<bool> AnswersAsync(int pid, CancellationToken ct)
    {
        try
        {
            return (int?)(await GetAsync("/status", ct))["pid"] == pid;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Reads.</summary>
    /// <exception cref="LocalCloudException">No answer came in time.</exception>
    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) => JsonNode.Parse(await InTimeAsync(_http.GetStringAsync(path, ct)))!;

    /// <summary>Writes; the text is what was answered.</summary>
    /// <exception cref="LocalCloudException">No answer came in time.</exception>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await InTimeAsync(_http.SendAsync(request, ct));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    // A cloud that is too slow lives: it is no ground to start another, and no fault of this program.
    private async Task<T> InTimeAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (TaskCanceledException late) when (late.InnerException is TimeoutException)
        {
            throw new LocalCloudException(
                $"The local cloud did not answer within {_http.Timeout.TotalSeconds:0} s.", LocalCloudFolder.LastLines(),
                ["Run it again when the machine is less busy.", "Stop it with 'mayfly local stop' when it stays so; everything in it is gone then."]);
        }
    }
}
