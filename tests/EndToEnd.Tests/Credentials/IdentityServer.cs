using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mayfly.EndToEnd.Tests.Credentials;

/// <summary>GitHub's token service for a process: it gives an identity to whoever has the job's bearer. moto checks no signature.</summary>
internal sealed class IdentityServer : IDisposable
{
    private const string Bearer = "the-job";

    private const string Token =
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZXBvOm8vciIsImlzcyI6Imh0dHBzOi8vdG9rZW4uYWN0aW9ucy5naXRodWJ1c2VyY29udGVudC5jb20ifQ.c2ln";

    private readonly HttpListener _listener = new();
    private readonly Task _answering;
    private int _asked;

    public IdentityServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/token";
        }

        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _answering = AnswerAsync();
    }

    private string Address { get; }

    /// <summary>How often an identity was asked for.</summary>
    public int Asked => _asked;

    /// <summary>The variables of a job that may ask.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["ACTIONS_ID_TOKEN_REQUEST_URL"] = $"{Address}?job=1",
        ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Bearer,
    };

    public void Dispose()
    {
        _listener.Close();
        _answering.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _asked);
            context.Response.StatusCode = context.Request.Headers["Authorization"] == $"Bearer {Bearer}" ? 200 : 401;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($$"""{"value":"{{Token}}"}"""));
            context.Response.Close();
        }
    }
}
