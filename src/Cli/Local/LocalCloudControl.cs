using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Mayfly.Cli.Local;

/// <summary>A client of the local cloud's control API.</summary>
internal sealed class LocalCloudControl(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(address),
        Timeout = TimeSpan.FromSeconds(30),
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
    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) => JsonNode.Parse(await _http.GetStringAsync(path, ct))!;

    /// <summary>Writes; the text is what was answered.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
