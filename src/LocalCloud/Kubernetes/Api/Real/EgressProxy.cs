using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mayfly.LocalCloud.Kubernetes.Api;

/// <summary>
/// An HTTP CONNECT proxy on a socket in the file system: the way by which the real API server reaches services of the cluster. Not on a
/// port, because the server speaks TLS with a proxy on a port and shows it a client certificate, whatever the address says.
/// </summary>
internal sealed class EgressProxy : IAsyncDisposable
{
    private const int LongestHead = 8192;

    private const int Backlog = 64;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<string, int, CancellationToken, ValueTask<Stream>> _dial;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private EgressProxy(string path, Func<string, int, CancellationToken, ValueTask<Stream>> dial)
    {
        _dial = dial;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(Backlog);
        _accepting = AcceptAsync();
    }

    /// <param name="path">Where the socket shall be.</param>
    /// <param name="dial">Connects to a host and port inside the cluster.</param>
    public static EgressProxy Start(string path, Func<string, int, CancellationToken, ValueTask<Stream>> dial) =>
        new(path, dial);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Close();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new HashSet<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stopping.Token);
                serving.RemoveWhere(task => task.IsCompleted);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            if (await TargetAsync(stream) is not var (host, port))
            {
                await SayAsync(stream, "400 Bad Request", "this is a CONNECT proxy");
                return;
            }

            Stream inside;
            try
            {
                inside = await _dial(host, port, _stopping.Token);
            }
            catch (Exception error) when (error is ServiceUnreachableException or SocketException)
            {
                await SayAsync(stream, "503 Service Unavailable", error.Message);
                return;
            }

            await using (inside)
            {
                await stream.WriteAsync("HTTP/1.1 200 Connection Established\r\n\r\n"u8.ToArray(), _stopping.Token);
                await Task.WhenAny(stream.CopyToAsync(inside, _stopping.Token),
                    inside.CopyToAsync(stream, _stopping.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // One of the two has gone.
        }
    }

    /// <summary>Reads a request's head byte by byte: what follows it belongs to the tunnel.</summary>
    private async Task<(string Host, int Port)?> TargetAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < LongestHead && await stream.ReadAsync(one, _stopping.Token) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
            {
                var line = head.ToString().Split("\r\n")[0].Split(' ');
                var colon = line.Length == 3 ? line[1].LastIndexOf(':') : -1;
                return line[0] == "CONNECT" && colon > 0
                    && int.TryParse(line[1][(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
                    out var port)
                    ? (line[1][..colon].Trim('[', ']'), port)
                    : null;
            }
        }

        return null;
    }

    private async Task SayAsync(NetworkStream stream, string status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(head, _stopping.Token);
        await stream.WriteAsync(body, _stopping.Token);
    }
}
